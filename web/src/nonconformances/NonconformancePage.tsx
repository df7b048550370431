import { Anchor, Breadcrumbs, Button, Menu, ActionIcon } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { TrailLink } from '../audit/TrailLink'
import { RaiseCapaLink } from '../capas/RaiseCapaLink'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ShareButton } from '../list/ListTools'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { AddLots, ChangeDialog, CostDialog, ReasonDialog, type ReasonCommand } from './Dialogs'
import { BoardPanel } from './BoardPanel'
import { LotsTable } from './LotsTable'
import { oneQuery, type Nonconformance } from './nonconformance'
import classes from './nonconformances.module.css'
import { Pictures } from './Pictures'
import { Timeline } from './Timeline'

const route = getRouteApi('/shell/nonconformances/$id')

/** One nonconformance: what it is, where its lots are, what the board decides, and how it came to that. */
export function NonconformancePage() {
  const { id } = route.useParams()
  const query = useQuery(oneQuery(id))
  return (
    <article className={classes.page}>
      {query.isPending && <Rows />}
      {query.isError && !query.data && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Detail nc={query.data} />}
    </article>
  )
}

function Detail({ nc }: { nc: Nonconformance }) {
  const t = useT()
  return (
    <>
      <div>
        <Breadcrumbs separator="/" className={classes.crumb} component="nav" aria-label={t('nonconformances.crumbs')}>
          <Anchor renderRoot={(props) => <Link to="/nonconformances" {...props} />}>
            {t('nonconformances.title')}
          </Anchor>
          <span className="id">{nc.id}</span>
        </Breadcrumbs>
        <Head nc={nc} />
        <p className={classes.what}>{nc.description}</p>
        <What nc={nc} />
      </div>
      <LotsTable nc={nc} />
      <div className={classes.columns}>
        <div className={classes.main}>
          <BoardPanel nc={nc} />
          <Pictures nc={nc} />
        </div>
        <Timeline nc={nc} />
      </div>
    </>
  )
}

function Head({ nc }: { nc: Nonconformance }) {
  const t = useT()
  const me = useMe()
  const [dialog, setDialog] = useState<ReasonCommand | 'change' | 'lots' | 'cost'>()
  const decide = can(me, 'nonconformance.decide')
  const close = () => setDialog(undefined)
  const ended = nc.state === 'closed' || nc.state === 'cancelled'
  const closable = nc.state === 'dispositioned' || (nc.state === 'open' && (nc.lots ?? []).length === 0)
  return (
    <div className={classes.head}>
      <h1>
        <span className="id">{nc.id}</span>
        {nc.code_name ? `: ${nc.code_name}` : ''}
      </h1>
      <Status of="nonconformance" state={nc.state} variant="tag" />
      <Status of="severity" state={nc.severity} />
      {nc.overdue && <Status of="nonconformance" state="overdue" />}
      <span className="grow" />
      {decide && closable && (
        <Button variant="filled" onClick={() => setDialog('close')}>
          {t('nonconformances.close.button')}
        </Button>
      )}
      <TrailLink noun="nonconformance" subject={nc.id} />
      <ShareButton />
      {(decide || can(me, 'nonconformance.open')) && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={t('list.more')}>
              <IconDots className="icon" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {!ended && (
              <Menu.Item onClick={() => setDialog('lots')} disabled={nc.state === 'in_review'}>
                {t('nonconformances.lots.add')}
              </Menu.Item>
            )}
            {decide && !ended && (
              <Menu.Item onClick={() => setDialog('change')}>{t('nonconformances.change.button')}</Menu.Item>
            )}
            {decide && <Menu.Item onClick={() => setDialog('cost')}>{t('nonconformances.cost.add')}</Menu.Item>}
            {decide && nc.state === 'open' && (
              <Menu.Item onClick={() => setDialog('cancel')}>{t('nonconformances.cancel.button')}</Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
      {(dialog === 'close' || dialog === 'cancel') && <ReasonDialog nc={nc} command={dialog} onClose={close} />}
      {dialog === 'change' && <ChangeDialog nc={nc} onClose={close} />}
      {dialog === 'lots' && <AddLots nc={nc} onClose={close} />}
      {dialog === 'cost' && <CostDialog nc={nc} onClose={close} />}
    </div>
  )
}

function What({ nc }: { nc: Nonconformance }) {
  const t = useT()
  const costs = nc.costs ?? []
  return (
    <Facts
      rows={[
        [t('nonconformances.field.code'), nc.code && <span className="id">{nc.code}</span>],
        [t('nonconformances.field.source'), t(`nonconformances.source.${nc.source}`)],
        [t('nonconformances.field.product'), nc.product && <span className="id">{nc.product}</span>],
        [t('nonconformances.field.operation'), nc.operation],
        [t('nonconformances.field.customer'), [nc.customer, nc.reference].filter(Boolean).join(', ')],
        [t('nonconformances.field.supplier'), nc.supplier],
        [t('nonconformances.field.owner'), nc.owner],
        [t('nonconformances.field.due'), <Time key="due" value={nc.due_at} />],
        [
          t('nonconformances.field.opened'),
          <span key="opened">
            <Time value={nc.opened_at} />, {nc.opened_by}
          </span>,
        ],
        [
          t('nonconformances.field.containment'),
          nc.containment && (
            <Anchor
              key="hold"
              className="id"
              renderRoot={(props) => <Link to="/holds/$hold" params={{ hold: nc.containment ?? '' }} {...props} />}
            >
              {nc.containment}
            </Anchor>
          ),
        ],
        [
          t('nonconformances.field.capa'),
          nc.capa ? (
            <Anchor
              key="capa"
              className="id"
              renderRoot={(props) => <Link to="/capas/$id" params={{ id: nc.capa ?? '' }} {...props} />}
            >
              {nc.capa}
            </Anchor>
          ) : (
            <RaiseCapaLink
              key="capa"
              about={{ noun: 'nonconformance', subject: nc.id, title: nc.code_name || nc.description, code: nc.code }}
            />
          ),
        ],
        [
          t('nonconformances.field.external'),
          costs.length > 0 && costs.map((c) => `${c.amount} (${c.text})`).join('; '),
        ],
        [t('nonconformances.field.ended'), nc.end_reason],
      ]}
    />
  )
}
