import { Anchor, Button } from '@mantine/core'
import { IconHandStop, IconHistory, IconUsers } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { Note, Status } from '../status/Status'
import { duration } from '../time/duration'
import { Time } from '../time/Time'
import { Id } from '../value/Quantity'
import { shown, type DispatchSearch, type StationQueue } from './dispatch'
import classes from './dispatch.module.css'
import type { Move } from './MoveDialog'
import { QueueTable } from './QueueTable'

interface Props {
  queue: StationQueue
  search: DispatchSearch
  mayMove: boolean
  onMove: (move: Move) => void
  onRelease: (station: string, lot: string) => void
  onLog: (station: string) => void
}

/** One station: its machine, what keeps it from starting, who is there, what it works on, and its queue. */
export function StationPanel({ queue, search, mayMove, onMove, onRelease, onLog }: Props) {
  const t = useT()
  const jobs = queue.next ?? []
  const rows = shown(jobs, search)
  const now = queue.now ?? []
  return (
    <section className={classes.station} aria-labelledby={`station-${queue.station}`}>
      <div className={classes.head}>
        <h2 id={`station-${queue.station}`}>
          <Anchor
            inherit
            renderRoot={(props) => <Link to="/stations/$station" params={{ station: queue.station }} {...props} />}
          >
            {queue.station} {queue.name}
          </Anchor>
        </h2>
        {queue.machine && <MachineNow machine={queue.machine} />}
        <span className="grow" />
        <span>
          {queue.load_s > 0
            ? t('dispatch.load', { time: duration(t, queue.load_s * 1000), n: jobs.length })
            : jobs.length > 0 && t('dispatch.waiting', { n: jobs.length })}
        </span>
        <Button
          size="compact-sm"
          leftSection={<IconHistory className="icon" aria-hidden />}
          onClick={() => onLog(queue.station)}
          aria-label={t('dispatch.log.open_of', { station: queue.station })}
        >
          {t('dispatch.log.open')}
        </Button>
      </div>
      <div className={classes.facts}>
        {(queue.bars ?? []).map((bar) => (
          <Bar key={`${bar.code}-${bar.subject}`} station={queue.station} bar={bar} />
        ))}
        <Note tone="plain" icon={IconUsers} size="body">
          {(queue.people ?? []).length > 0
            ? (queue.people ?? []).map((person) => person.name).join(', ')
            : t('dispatch.nobody_here')}
        </Note>
        {jobs.length === 0 && <span className="label">{t('dispatch.nothing_waits')}</span>}
        {now.map((card) => (
          <span key={card.lot} className="row">
            <Status of="lot" state={card.held ? 'held' : card.state} /> <Id>{card.lot}</Id>
          </span>
        ))}
      </div>
      {jobs.length > 0 && rows.length === 0 && <p className="label">{t('dispatch.none_shown', { n: jobs.length })}</p>}
      {rows.length > 0 && (
        <QueueTable
          station={queue.station}
          jobs={jobs}
          rows={rows}
          mayMove={mayMove}
          onMove={onMove}
          onRelease={(lot) => onRelease(queue.station, lot)}
        />
      )}
    </section>
  )
}

function MachineNow({ machine }: { machine: NonNullable<StationQueue['machine']> }) {
  const t = useT()
  return (
    <span className="row">
      <Status of="machine" state={machine.state === 'unplanned_down' ? 'down' : machine.state} variant="tag" />
      <small>
        {t('dispatch.since')} <Time value={machine.since} form="inline" zone={false} />
      </small>
    </span>
  )
}

function Bar({ station, bar }: { station: string; bar: NonNullable<StationQueue['bars']>[number] }) {
  const t = useT()
  const words: Record<string, string> = {
    station_down: t('dispatch.bar.station_down'),
    station_planned_down: t('dispatch.bar.station_planned_down'),
    station_stopped: t('dispatch.bar.station_stopped'),
    station_maintenance: t('dispatch.bar.station_maintenance'),
  }
  return (
    <Note tone="warn" icon={IconHandStop} size="body" variant="tag">
      {t('dispatch.barred', { station, why: words[bar.code] ?? bar.code })}
      {bar.text ? `: ${bar.text}` : ''}
    </Note>
  )
}
