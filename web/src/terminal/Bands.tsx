import {
  IconAlertTriangle,
  IconBell,
  IconCircleX,
  IconEye,
  IconHandStop,
  IconLock,
  IconWifiOff,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Schemas } from '../api/http'
import { kindName, type Call } from '../calls/call'
import type { Entry } from '../command/entry'
import { Text } from '../i18n/Text'
import { useT } from '../i18n/i18n'
import { useLive } from '../live/LiveProvider'
import { problemOf } from '../message/ErrorAlert'
import { useTimeText } from '../time/Time'
import { shortLot } from '../lots/lot'
import type { Machine } from '../machines/machine'
import type { Job } from './job'
import { ReadFirst, type Unread } from './ReadFirst'
import classes from './terminal.module.css'
import type { Terminal } from './useTerminal'

interface BandsProps {
  terminal: Terminal
  job?: Job
  unread?: Unread
  machine?: Machine
  onStop?: () => void
  calls?: Call[]
}

/** What stops the work, above the work: one band at a time, the most urgent one. */
export function Bands({ terminal, job, unread, machine, onStop, calls }: BandsProps) {
  const refused = terminal.entries.find((entry) => entry.state === 'refused')
  if (refused) return <Refused entry={refused} onClose={() => terminal.dismiss(refused.key)} />
  const hold = job?.holds?.[0]
  if (job && hold) return <Held job={job} hold={hold} />
  const stop = terminal.queue.data?.stop
  if (stop) return <StationStopped stop={stop} />
  if (unread && unread.length > 0) return <ReadFirst unread={unread} />
  const call = calls?.find((c) => c.state === 'open') ?? calls?.[0]
  if (call) return <Calling call={call} />
  if (machine?.asks) return <Unexplained machine={machine} onStop={onStop} />
  return <Quiet job={job} />
}

/** This station's own call, and who is coming. */
function Calling({ call }: { call: Call }) {
  const t = useT()
  const text = useTimeText()
  return (
    <Soft icon={<IconBell aria-hidden />}>
      <b>{t('terminal.call.band', { kind: kindName(call.kind, call.kind_name) })}</b>{' '}
      {call.acknowledged_by && call.acknowledged_at
        ? t('terminal.call.comes', { who: call.acknowledged_by, time: text(call.acknowledged_at, 'clock') })
        : t('terminal.call.raised', { time: text(call.open_at, 'clock') })}
    </Soft>
  )
}

function Refused({ entry, onClose }: { entry: Entry; onClose: () => void }) {
  const t = useT()
  const problem = problemOf(t, entry.problem)
  const faults = (problem.errors ?? []).map((fault) => fault.message).filter(Boolean)
  return (
    <section className={classes.band} data-tone="crit" role="alert">
      <IconCircleX aria-hidden />
      <p>
        <b>{problem.title}</b> {faults.length > 0 && `${faults.join('; ')}. `}
        {problem.kept} {problem.action}
        <small>{t('terminal.refused_entry', { label: entry.label })}</small>
      </p>
      <button type="button" onClick={onClose}>
        {t('terminal.understood')}
      </button>
    </section>
  )
}

function Held({ job, hold }: { job: Job; hold: NonNullable<Job['holds']>[number] }) {
  const t = useT()
  const text = useTimeText()
  return (
    <section className={classes.band} data-tone="hold" role="alert">
      <IconLock aria-hidden />
      <div>
        <h2>{t('terminal.held.title', { lot: shortLot(job.card.lot) })}</h2>
        <p>
          {t(hold.containment ? 'terminal.held.by_hold' : 'terminal.held.text', {
            hold: hold.containment,
            what: hold.scope === 'order' ? job.card.order : job.card.lot,
            time: text(hold.at, 'seconds'),
            reason: hold.reason,
          })}
        </p>
      </div>
      <p className={classes.bandSide}>
        <b>{hold.by}</b>
        {t('terminal.held.by')}
      </p>
    </section>
  )
}

function StationStopped({ stop }: { stop: Schemas['StationStop'] }) {
  const t = useT()
  const text = useTimeText()
  return (
    <section className={classes.band} data-tone="crit" role="alert">
      <IconHandStop aria-hidden />
      <div>
        <h2>{t('safety.band.title', { station: stop.station })}</h2>
        <p>
          {t('safety.band.text', {
            reason: stop.reason.replace(/\.+$/, ''),
            time: text(stop.placed_at, 'seconds'),
          })}
        </p>
      </div>
      <p className={classes.bandSide}>
        <b>{stop.placed_by}</b>
      </p>
    </section>
  )
}

/** The machine stands and nobody has said why. */
function Unexplained({ machine, onStop }: { machine: Machine; onStop?: () => void }) {
  const t = useT()
  const text = useTimeText()
  return (
    <section className={classes.band} data-tone="warn" role="status">
      <IconAlertTriangle aria-hidden />
      <p>
        {t('terminal.stop.band', {
          station: machine.station,
          time: machine.since ? text(machine.since, 'seconds') : '–',
        })}
        {machine.alarm && (
          <small>
            {machine.alarm} {machine.alarm_text}
          </small>
        )}
      </p>
      <button type="button" onClick={onStop}>
        {t('terminal.stop.name')}
      </button>
    </section>
  )
}

/** Offline, a silent machine, or a review: tinted, not filled. */
function Quiet({ job }: { job?: Job }) {
  const t = useT()
  const text = useTimeText()
  const { live, lostAt } = useLive()
  if (!live && lostAt !== undefined)
    return (
      <Soft icon={<IconWifiOff aria-hidden />}>
        <Text k="terminal.offline" values={{ time: text(new Date(lostAt).toISOString(), 'seconds') }} />
      </Soft>
    )
  if (!job) return <span />
  const { wait, state } = job.progress
  if (state === 'review')
    return (
      <Soft icon={<IconEye aria-hidden />}>
        <Text k="terminal.review" values={{ lot: shortLot(job.card.lot), reason: wait.reason ?? '' }} />
      </Soft>
    )
  if (wait.kind === 'answer')
    return (
      <Soft icon={<IconAlertTriangle aria-hidden />}>
        <Text k="terminal.silent" values={{ on: wait.on ?? '', reason: wait.reason ?? t('terminal.no_answer') }} />
      </Soft>
    )
  return <span />
}

function Soft({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.band} data-tone="warn" role="status">
      {icon}
      <p>{children}</p>
    </section>
  )
}
