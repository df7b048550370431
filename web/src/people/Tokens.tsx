import { Button, MultiSelect, NumberInput, Table, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { plantNow } from '../time/now'
import { Time } from '../time/Time'
import { personPath, tokensQuery, type Detail, type Token } from './people'
import { Reason } from './ReasonDialog'
import { ShownOnce } from './ShownOnce'

/** A program's tokens: what each may do, until when, and whether it is still in use. */
export function Tokens({ person }: { person: Detail }) {
  const t = useT()
  const query = useQuery(tokensQuery(person.id))
  const may = can(useMe(), 'token.manage') && person.active
  const [making, setMaking] = useState(false)
  const [ending, setEnding] = useState<Token>()
  if (query.isPending) return <Rows count={3} />
  if (!query.data) return <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />
  const items = query.data.items ?? []
  return (
    <>
      {may && <Button onClick={() => setMaking(true)}>{t('people.token.new')}</Button>}
      {items.length === 0 && <EmptyState title={t('people.token.none')} />}
      {items.length > 0 && (
        <Table aria-label={t('people.tokens')} mt="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('people.token.name')}</Table.Th>
              <Table.Th scope="col">{t('list.by_state')}</Table.Th>
              <Table.Th scope="col">{t('people.token.used')}</Table.Th>
              <Table.Th scope="col">{t('people.token.end')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((token) => (
              <Table.Tr key={token.id} data-token={token.name}>
                <Table.Td>
                  <b>{token.name}</b>
                  <br />
                  <small className="label">
                    {(token.scopes ?? []).map((s) => (s === '*' ? t('people.token.all') : s)).join(', ')}
                  </small>
                </Table.Td>
                <Table.Td>
                  <Status of="token" state={token.state} />
                  <br />
                  <small className="label">
                    {token.expires_at ? <Time value={token.expires_at} form="date" /> : t('people.token.endless')}
                  </small>
                </Table.Td>
                <Table.Td>
                  <Time value={token.last_used} zone={false} />
                </Table.Td>
                <Table.Td>
                  {may && token.state === 'active' && (
                    <Button size="compact-sm" onClick={() => setEnding(token)}>
                      {t('people.token.end')}
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {making && <MakeToken person={person} onClose={() => setMaking(false)} />}
      {ending && <EndToken token={ending} onClose={() => setEnding(undefined)} />}
    </>
  )
}

/** The longest life of a token, in days; the server holds to it. */
const longest = 400

function MakeToken({ person, onClose }: { person: Detail; onClose: () => void }) {
  const t = useT()
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<string[]>([])
  const [days, setDays] = useState<number | string>(90)
  const [reason, setReason] = useState('')
  const [token, setToken] = useState<string>()
  const make = useCommand<{ token: string }>((answer) => setToken(answer.token))
  const errors = fieldErrors(make.error)
  if (token)
    return <ShownOnce title={t('people.token.made')} secret={token} text={t('people.token.shown')} onClose={onClose} />
  const send = () => {
    const end = new Date(plantNow() + Number(days) * 86_400_000)
    make.mutate({
      path: `${personPath(person.id)}/tokens`,
      body: { name: name.trim(), scopes, expires_at: end.toISOString(), reason: reason.trim() },
    })
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('people.token.new_title', { id: person.id })}
      confirm={t('people.token.new')}
      busy={make.isPending}
      disabled={!name.trim() || scopes.length === 0 || !(Number(days) >= 1) || reason.trim().length < 3}
      error={make.error}
      onConfirm={send}
    >
      <TextInput
        label={t('people.token.name')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={errors.name}
        maxLength={64}
        data-autofocus
      />
      <MultiSelect
        label={t('people.token.scopes')}
        description={t('people.token.scopes_help')}
        searchable
        data={person.may ?? []}
        value={scopes}
        onChange={setScopes}
        error={errors.scopes}
      />
      <NumberInput
        label={t('people.token.days')}
        min={1}
        max={longest}
        value={days}
        onChange={setDays}
        error={errors.expires_at}
      />
      <Reason value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}

function EndToken({ token, onClose }: { token: Token; onClose: () => void }) {
  const t = useT()
  const [reason, setReason] = useState('')
  const end = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('people.token.end_title', { name: token.name })}
      confirm={t('people.token.end')}
      tone="crit"
      busy={end.isPending}
      disabled={reason.trim().length < 3}
      error={end.error}
      onConfirm={() =>
        end.mutate({
          path: `${personPath(token.account)}/tokens/${token.id}/revoke`,
          body: { reason: reason.trim() },
        })
      }
    >
      <p>{t('people.token.end_text')}</p>
      <Reason value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}
