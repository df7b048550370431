import { Anchor, Breadcrumbs, Button } from '@mantine/core'
import { IconAlertTriangle, IconBinaryTree2, IconEye, IconSignature } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { TrailLink } from '../audit/TrailLink'
import { RaiseCapaLink } from '../capas/RaiseCapaLink'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { CsvButton, ShareButton } from '../list/ListTools'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { SignaturePanel } from '../sign/SignaturePanel'
import { Status } from '../status/Status'
import { duration } from '../time/duration'
import { useNow } from '../time/now'
import { Time } from '../time/Time'
import { EndWatch } from './EndWatch'
import { HeldLots } from './HeldLots'
import { holdPath, holdQuery, type HoldView } from './hold'
import classes from './holds.module.css'
import { Places } from './Places'
import { Timeline } from './Timeline'

// The graph library is large, and most people need no graph.
const HoldGraph = lazy(() => import('./HoldGraph').then((m) => ({ default: m.HoldGraph })))

const route = getRouteApi('/shell/holds/$hold')

/** One containment: how long it took, where everything is, and what is still to do until every lot has its end. */
export function HoldPage() {
  const { hold: id } = route.useParams()
  const query = useQuery(holdQuery(id))
  return (
    <article className={classes.page}>
      {query.isPending && <Rows />}
      {query.isError && !query.data && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Detail hold={query.data} />}
    </article>
  )
}

function Detail({ hold }: { hold: HoldView }) {
  const t = useT()
  const [graph, setGraph] = useState(false)
  return (
    <>
      <Head hold={hold} />
      <ToDo hold={hold} />
      <Timeline hold={hold} />
      <section aria-labelledby="places">
        <header className={classes.sectionHead}>
          <h2 id="places">{t('holds.where')}</h2>
          <p>{t(`holds.followed.${hold.criterion.follow ?? 'down'}`)}</p>
          <div className={classes.tools}>
            <Button
              leftSection={<IconBinaryTree2 className="icon" aria-hidden />}
              aria-expanded={graph}
              onClick={() => setGraph(!graph)}
            >
              {t(graph ? 'holds.graph_close' : 'holds.graph')}
            </Button>
            <CsvButton path={`${holdPath(hold.id)}/lots`} query={{}} />
          </div>
        </header>
        {graph && (
          <Suspense fallback={<Rows count={6} />}>
            <HoldGraph hold={hold.id} />
          </Suspense>
        )}
        <Places hold={hold} />
      </section>
      <Signatures hold={hold} />
      <HeldLots hold={hold} />
      <Refused hold={hold} />
    </>
  )
}

function Head({ hold }: { hold: HoldView }) {
  const t = useT()
  const me = useMe()
  const now = useNow()
  return (
    <header>
      <Breadcrumbs separator="/" className={classes.crumb} component="nav" aria-label={t('lots.crumbs')}>
        <Anchor renderRoot={(props) => <Link to="/holds" {...props} />}>{t('holds.title')}</Anchor>
        <span className="id">{hold.id}</span>
      </Breadcrumbs>
      <div className={classes.head}>
        <h1>{t('holds.heading', { id: hold.id, what: hold.title })}</h1>
        <Status of="hold" state={hold.state} variant={hold.state === 'closed' ? 'tag' : 'solid'} />
        <Status of="severity" state={hold.severity} variant="tag" />
        <span className="grow" />
        {hold.watching && can(me, 'hold.dispose') && <EndWatch hold={hold} />}
        <RaiseCapaLink about={{ noun: 'containment', subject: hold.id, title: hold.title }} />
        <TrailLink noun="containment" subject={hold.id} />
        <ShareButton />
      </div>
      <p className={classes.lead}>
        {hold.reason}.{' '}
        {t('holds.held_by', {
          who: hold.source?.subject ?? hold.placed_by,
          ago: duration(t, now - new Date(hold.requested_at).getTime()),
        })}{' '}
        <Time value={hold.requested_at} form="full" />
        {hold.watching && ` ${t('holds.watches')}`}
      </p>
    </header>
  )
}

/** What somebody must do now, each with the way to it. */
function ToDo({ hold }: { hold: HoldView }) {
  const t = useT()
  const next = hold.next ? <Time value={hold.next} /> : undefined
  const cards: { key: string; warn?: boolean; icon: ReactNode; text: string; note?: ReactNode }[] = []
  if (hold.unacknowledged > 0)
    cards.push({
      key: 'running',
      warn: true,
      icon: <IconAlertTriangle aria-hidden />,
      text: t('holds.todo.running', { count: hold.unacknowledged }),
      note: next,
    })
  if (hold.unnotified > 0)
    cards.push({
      key: 'notify',
      warn: true,
      icon: <IconAlertTriangle aria-hidden />,
      text: t('holds.todo.notify', { count: hold.unnotified }),
    })
  if (hold.undecided > 0)
    cards.push({
      key: 'decide',
      icon: <IconEye aria-hidden />,
      text: t('holds.todo.decide', { count: hold.undecided }),
      note: hold.unacknowledged > 0 ? undefined : next,
    })
  if (hold.proposed > 0)
    cards.push({
      key: 'sign',
      icon: <IconSignature aria-hidden />,
      text: t('holds.todo.sign', { count: hold.proposed }),
    })
  if (cards.length === 0) return null
  return (
    <ul className={classes.todo} aria-label={t('holds.todo.title')}>
      {cards.map((card) => (
        <li key={card.key} data-tone={card.warn ? 'warn' : undefined}>
          {card.icon}
          <div>
            <b>{card.text}</b>
            {card.note && (
              <small>
                {t('holds.todo.due')} {card.note}
              </small>
            )}
          </div>
        </li>
      ))}
    </ul>
  )
}

/** The decisions that wait for signatures. */
function Signatures({ hold }: { hold: HoldView }) {
  const t = useT()
  const requests = hold.requests ?? []
  if (requests.length === 0) return null
  return (
    <section aria-labelledby="to-sign">
      <header className={classes.sectionHead}>
        <h2 id="to-sign">{t('holds.to_sign')}</h2>
      </header>
      <div className={classes.signatures}>
        {requests.map((request) => (
          <div key={request.id} className={classes.card}>
            <b>{request.title}</b>
            <p>{request.reason}</p>
            <SignaturePanel noun="hold_disposition" id={request.record.id} consequence={t('holds.then')} heading="h3" />
          </div>
        ))}
      </div>
    </section>
  )
}

function Refused({ hold }: { hold: HoldView }) {
  const t = useT()
  const rows = hold.refused ?? []
  if (rows.length === 0) return null
  return (
    <section aria-labelledby="refused">
      <header className={classes.sectionHead}>
        <h2 id="refused">{t('holds.refused')}</h2>
      </header>
      <ul className={classes.refused}>
        {rows.map((row, i) => (
          <li key={i}>
            <b>{row.source || row.actor}</b>
            <span className="id">{row.lot}</span>
            <span>{row.actor}</span>
            <Time value={row.at} form="seconds" />
          </li>
        ))}
      </ul>
    </section>
  )
}
