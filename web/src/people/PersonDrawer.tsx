import { ActionIcon, Button, Menu, Table, Tabs } from '@mantine/core'
import { IconDots, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ErrorAlert } from '../message/ErrorAlert'
import drawer from '../orders/orders.module.css'
import { PersonCertificates } from '../qualifications/PersonCertificates'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { ChangePerson } from './ChangePerson'
import { GiveSecret } from './GiveSecret'
import { personQuery, type Detail } from './people'
import { ReasonDialog, type Act } from './ReasonDialog'
import { Roles } from './Roles'
import { Sessions } from './Sessions'
import { Tokens } from './Tokens'

/** One account beside the list: what it may do, where it is signed in, and what can be done about it. */
export function PersonDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT()
  const query = useQuery(personQuery(id))
  return (
    <aside className={drawer.drawer} aria-labelledby="drawer-title">
      <header>
        <div className={drawer.named}>
          <h2 id="drawer-title" className="id">
            {id}
          </h2>
          {query.data && <Status of="account" state={query.data.state} variant="tag" />}
        </div>
        {query.data && <Commands person={query.data} />}
        <ActionIcon onClick={onClose} aria-label={t('message.close')}>
          <IconX className="icon" />
        </ActionIcon>
      </header>
      {query.isPending && <Rows count={6} />}
      {query.isError && !query.data && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Body person={query.data} />}
    </aside>
  )
}

function Commands({ person }: { person: Detail }) {
  const t = useT()
  const me = useMe()
  const [act, setAct] = useState<Act | 'change' | 'password' | 'pin'>()
  if (!person.active || !can(me, 'account.manage')) return null
  const close = () => setAct(undefined)
  const human = person.kind === 'person'
  return (
    <>
      {person.state === 'locked' && (
        <Button variant="filled" onClick={() => setAct('unlock')}>
          {t('people.ask.unlock.confirm')}
        </Button>
      )}
      <Button onClick={() => setAct('change')}>{t('people.change')}</Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label={t('list.more')}>
            <IconDots className="icon" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {human && person.id !== me.id && (
            <>
              <Menu.Item onClick={() => setAct('password')}>{t('people.give.password')}</Menu.Item>
              <Menu.Item onClick={() => setAct('pin')}>{t('people.give.pin')}</Menu.Item>
            </>
          )}
          <Menu.Item onClick={() => setAct('end')}>{t('people.ask.end.confirm')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {act === 'change' && <ChangePerson person={person} onClose={close} />}
      {(act === 'password' || act === 'pin') && <GiveSecret person={person} kind={act} onClose={close} />}
      {(act === 'unlock' || act === 'end') && <ReasonDialog person={person} act={act} onClose={close} />}
    </>
  )
}

function Body({ person }: { person: Detail }) {
  const t = useT()
  const me = useMe()
  const secret = (has: boolean, at?: string) => (has ? <Time value={at} /> : t('people.none'))
  const human = person.kind === 'person'
  return (
    <>
      <Facts
        rows={[
          [t('people.field.name'), person.name],
          [t('people.field.badge'), person.badge && <span className="id">{person.badge}</span>],
          [t('people.password_set'), human && secret(person.has_password, person.password_set_at)],
          [t('people.pin_set'), human && secret(person.has_pin, person.pin_set_at)],
          [t('people.issuer'), person.issuer],
          [t('people.column.last'), person.last_login && <Time value={person.last_login} />],
          [t('people.created'), <Time key="c" value={person.created_at} form="full" />],
          [t('people.ended'), person.ended_at && <Time value={person.ended_at} form="full" />],
          [t('people.ended_by'), person.ended_by],
          [t('people.field.reason'), person.end_reason],
        ]}
      />
      <Tabs defaultValue="roles" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="roles">{t('people.column.roles')}</Tabs.Tab>
          {human ? (
            <>
              <Tabs.Tab value="sessions">{t('people.sessions')}</Tabs.Tab>
              {can(me, 'qualification.read') && <Tabs.Tab value="certificates">{t('people.certificates')}</Tabs.Tab>}
            </>
          ) : (
            <Tabs.Tab value="tokens">{t('people.tokens')}</Tabs.Tab>
          )}
        </Tabs.List>
        <Tabs.Panel value="roles" pt="md">
          <Roles person={person} />
        </Tabs.Panel>
        {human ? (
          <>
            <Tabs.Panel value="sessions" pt="md">
              <Sessions id={person.id} />
            </Tabs.Panel>
            <Tabs.Panel value="certificates" pt="md">
              <Table.ScrollContainer minWidth={760} type="native">
                <PersonCertificates account={person.id} />
              </Table.ScrollContainer>
            </Tabs.Panel>
          </>
        ) : (
          <Tabs.Panel value="tokens" pt="md">
            <Tokens person={person} />
          </Tabs.Panel>
        )}
      </Tabs>
    </>
  )
}
