import { ActionIcon, Alert, Button, SegmentedControl } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useLanguage, useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { DeclareDialog } from './DeclareDialog'
import { MachineTimeline } from './MachineTimeline'
import {
  explains,
  logQuery,
  machineQuery,
  reasonName,
  reasonsQuery,
  spans,
  type Machine,
  type Stretch,
} from './machine'
import classes from './machines.module.css'
import { StopDialog } from './StopDialog'

interface Props {
  station: string
  hours: number
  onHours: (hours: number) => void
  onClose: () => void
}

/** One machine beside the list: what it does, since when and why, and its log. */
export function MachineDrawer({ station, hours, onHours, onClose }: Props) {
  const t = useT()
  const query = useQuery(machineQuery(station))
  const log = useQuery(logQuery(station, hours))
  const [stop, setStop] = useState<Stretch>()
  const [declaring, setDeclaring] = useState(false)
  const me = useMe()
  const open = log.data?.stretches?.findLast((stretch) => !stretch.until)
  return (
    <aside className={classes.drawer} aria-labelledby="machine-title">
      <header>
        <h2 id="machine-title">
          <span className="id">{station}</span> {query.data?.name}
        </h2>
        <span className="grow" />
        {can(me, 'machine.declare') && <Button onClick={() => setDeclaring(true)}>{t('machines.declare')}</Button>}
        <ActionIcon onClick={onClose} aria-label={t('message.close')}>
          <IconX className="icon" />
        </ActionIcon>
      </header>
      {query.isPending && <Rows count={4} />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Now machine={query.data} open={open} onExplain={setStop} />}
      <SegmentedControl
        aria-label={t('machines.span')}
        data={spans.map((span) => ({ value: String(span), label: t(`machines.span.${span}`) }))}
        value={String(hours)}
        onChange={(value) => onHours(Number(value))}
      />
      {log.isError && <ErrorAlert error={log.error} onRetry={() => void log.refetch()} />}
      {log.data && <MachineTimeline log={log.data} hours={hours} onPick={setStop} />}
      {log.data && (log.data.notices?.length ?? 0) > 0 && (
        <section>
          <h3>{t('machines.notices')}</h3>
          <ul className={classes.notices}>
            {log.data.notices!.slice(0, 8).map((notice, i) => (
              <li key={i}>
                <Time value={notice.at} /> {notice.text}
              </li>
            ))}
          </ul>
        </section>
      )}
      {stop && log.data && (
        <StopDialog
          station={station}
          stretch={stop}
          log={log.data.stretches ?? []}
          onClose={() => setStop(undefined)}
        />
      )}
      {declaring && query.data && <DeclareDialog machine={query.data} onClose={() => setDeclaring(false)} />}
    </aside>
  )
}

function Now({
  machine: m,
  open,
  onExplain,
}: {
  machine: Machine
  open?: Stretch
  onExplain: (stop: Stretch) => void
}) {
  const t = useT()
  const language = useLanguage()
  const me = useMe()
  const reasons = useQuery(reasonsQuery)
  return (
    <>
      <p className={classes.now}>
        <Status of="machine_state" state={m.state} />{' '}
        {m.since && (
          <>
            {t('machines.since')} <Time value={m.since} form="inline" />
          </>
        )}
      </p>
      {m.asks && open && explains(open.state) && (
        <Alert color="warn" title={t('machines.asks_title')}>
          {t('machines.asks_text')}{' '}
          {can(me, 'stop.explain') && (
            <Button variant="filled" onClick={() => onExplain(open)}>
              {t('machines.explain')}
            </Button>
          )}
        </Alert>
      )}
      <Facts
        rows={[
          [t('machines.fact.source'), t(`machines.source.${m.source as 'tags' | 'work' | 'hand'}`)],
          [t('machines.fact.detail'), m.detail],
          [t('machines.fact.alarm'), m.alarm && `${m.alarm} ${m.alarm_text ?? ''}`],
          [t('machines.fact.reason'), m.reason && reasonName(reasons.data ?? [], m.reason, language)],
          [t('machines.fact.declared'), m.declared_by],
          [t('machines.fact.work'), t('machines.fact.lots', { working: m.working, queued: m.queued })],
          [t('machines.fact.heard'), m.heard_at && <Time key="h" value={m.heard_at} form="seconds" />],
        ]}
      />
      <p>
        <Link to="/downtime" search={{ station: m.station }}>
          {t('machines.to_downtime')}
        </Link>
      </p>
    </>
  )
}
