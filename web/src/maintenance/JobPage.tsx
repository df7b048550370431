import { Anchor, Breadcrumbs } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { TrailLink } from '../audit/TrailLink'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ShareButton } from '../list/ListTools'
import { ErrorAlert } from '../message/ErrorAlert'
import { SignaturePanel } from '../sign/SignaturePanel'
import { Status } from '../status/Status'
import { duration } from '../time/duration'
import { useNow } from '../time/now'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { jobQuery, nodeOf, steps, timeOf, type Job, type Source } from './maintenance'
import classes from './maintenance.module.css'
import { Now } from './Now'
import { Points } from './Points'
import { WorkRecord } from './WorkRecord'

const route = getRouteApi('/shell/maintenance/$job')

/** One job: what is open now with its button, the thread of its states, its locks, and what was done. */
export function JobPage() {
  const { job: id } = route.useParams()
  const query = useQuery(jobQuery(id))
  return (
    <article className={classes.page}>
      {query.isPending && <Rows />}
      {query.isError && !query.data && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Detail job={query.data} />}
    </article>
  )
}

function Detail({ job }: { job: Job }) {
  const t = useT()
  return (
    <>
      <div>
        <Breadcrumbs separator="/" component="nav" aria-label={t('maintenance.title')} className={classes.crumb}>
          <Anchor renderRoot={(props) => <Link to="/maintenance" {...props} />}>{t('maintenance.title')}</Anchor>
          <span className="id">{job.id}</span>
        </Breadcrumbs>
        <Head job={job} />
      </div>
      <Now job={job} />
      <Thread job={job} />
      <div className={classes.halves}>
        <div className={classes.column}>
          <Points job={job} />
          <WorkRecord job={job} />
        </div>
        <aside className={classes.column}>
          <Dates job={job} />
          <Signed job={job} />
        </aside>
      </div>
    </>
  )
}

function Head({ job }: { job: Job }) {
  const t = useT()
  return (
    <>
      <div className={classes.head}>
        <h1>
          <span className="id">{job.id}</span>: {job.title}
        </h1>
        <Status of="maintenance" state={job.state} variant="tag" />
        <span className="grow" />
        <ShareButton />
        <TrailLink noun="maintenance" subject={job.id} />
      </div>
      <p className={classes.why}>
        <Time value={job.raised_at} form="full" />,{' '}
        {t(`maintenance.by.${job.source as Source}`, { who: job.raised_by, plan: job.plan ?? '' })}: {job.why}{' '}
        <Status of="severity" state={job.severity} />
        {job.outside && ` ${t('maintenance.outside', { number: job.outside })}`}
        {job.end_reason && ` ${job.end_reason}.`}
      </p>
    </>
  )
}

/** The states as one line: filled is done, a ring is what comes next. */
function Thread({ job }: { job: Job }) {
  const t = useT()
  const shown = steps.filter((step) => job.takes_out || step !== 'locked_out')
  return (
    <ol
      className={classes.thread}
      aria-label={t('maintenance.thread')}
      style={{ gridTemplateColumns: `repeat(${shown.length}, minmax(6rem, 1fr))` }}
    >
      {shown.map((step) => {
        const node = nodeOf(job, step)
        const at = node === 'done' ? timeOf(job, step) : undefined
        return (
          <li key={step} data-node={node} aria-current={node === 'now' ? 'step' : undefined}>
            <span aria-hidden>{node === 'done' && <IconCheck className="icon" />}</span>
            <b>{t(`status.maintenance.${step}`)}</b>
            <small>{at ? <Time value={at} /> : '–'}</small>
          </li>
        )
      })}
    </ol>
  )
}

function Dates({ job }: { job: Job }) {
  const t = useT()
  const now = useNow()
  const minutes = (n: number) => duration(t, n * 60_000)
  return (
    <section aria-labelledby="dates" className={classes.side}>
      <h2 id="dates">{t('maintenance.dates')}</h2>
      <Facts
        rows={[
          [t('maintenance.column.at'), <span className="id">{job.station || job.gauge}</span>],
          [t('maintenance.field.owner'), job.owner || t('maintenance.everyone')],
          [t('maintenance.column.due'), job.due_at && <Time value={job.due_at} form="full" />],
          [t('maintenance.field.out_from'), job.out_from && <Time value={job.out_from} form="full" />],
          [t('maintenance.field.minutes'), job.minutes ? minutes(job.minutes) : undefined],
          [t('maintenance.downtime'), job.downtime_s > 0 ? duration(t, job.downtime_s * 1000) : undefined],
          [t('maintenance.labour_total'), job.labour_minutes > 0 ? minutes(job.labour_minutes) : undefined],
          ...job.timers
            .filter((timer) => Date.parse(timer.at) > now)
            .map((timer): [string, React.ReactNode] => [
              t(`maintenance.timer.${timer.thing as 'answer' | 'due' | 'out' | 'close'}`),
              <Time value={timer.at} form="full" />,
            ]),
        ]}
      />
    </section>
  )
}

/** The signatures that were given, of each lock-out and of the hand-back. */
function Signed({ job }: { job: Job }) {
  const t = useT()
  const rounds = Array.from({ length: job.record.round }, (_, i) => i + 1)
  if (!job.record.requests) return null
  return (
    <section aria-labelledby="signed" className={classes.side}>
      <h2 id="signed">{t('maintenance.signatures')}</h2>
      {rounds.map((round) => (
        <div key={round}>
          {job.state !== 'lockout_signing' || round < job.record.round ? (
            <SignedPart noun="maintenance_lockout" id={`${job.id}/${round}/lockout`} />
          ) : null}
          {job.record.requests?.handback && (job.state !== 'handback_signing' || round < job.record.round) ? (
            <SignedPart noun="maintenance_handback" id={`${job.id}/${round}/handback`} />
          ) : null}
        </div>
      ))}
    </section>
  )
}

function SignedPart({ noun, id }: { noun: 'maintenance_lockout' | 'maintenance_handback'; id: string }) {
  const t = useT()
  return (
    <>
      <b>{t(`sign.noun.${noun}`)}</b>
      <SignaturePanel noun={noun} id={id} />
    </>
  )
}
