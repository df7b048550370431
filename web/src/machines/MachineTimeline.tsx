import { UnstyledButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { Chart, type ChartTable } from '../chart/Chart'
import type { Colours } from '../chart/colours'
import { useLanguage, useT } from '../i18n/i18n'
import { wordFor } from '../status/vocabulary'
import { Status } from '../status/Status'
import { duration } from '../time/duration'
import { clockMinutes } from '../time/format'
import { useNow } from '../time/now'
import { useZone } from '../time/site'
import { Time, useTimeText } from '../time/Time'
import { isMicro, lasted, reasonName, reasonsQuery, type MachineLog, type Stretch } from './machine'
import classes from './machines.module.css'
import { timelineOption } from './timelineOption'

interface Props {
  log: MachineLog
  hours: number
  onPick: (stretch: Stretch) => void
}

/** The log as a band and as a table. Each row opens what can be said and corrected about it. */
export function MachineTimeline({ log, hours, onPick }: Props) {
  const t = useT()
  const zone = useZone()
  const now = useNow()
  const language = useLanguage()
  const reasons = useQuery(reasonsQuery).data
  const text = useTimeText()
  const stretches = useMemo(() => log.stretches ?? [], [log.stretches])
  const word = useCallback(
    (state: string) => {
      const { key, raw } = wordFor('machine_state', state)
      return t(key, { state: raw ?? '' })
    },
    [t],
  )
  const minute = Math.floor(now / 60_000) * 60_000
  const option = useCallback(
    (colours: Colours) =>
      timelineOption({
        stretches,
        from: minute - hours * 3_600_000,
        until: minute + 60_000,
        colours,
        clock: (at) => clockMinutes(zone, new Date(at)),
        tooltip: (s) =>
          [
            `${text(s.from, 'seconds')}, ${word(s.state)}, ${duration(t, lasted(s, minute))}`,
            s.detail,
            s.alarm,
            reasonName(reasons ?? [], s.reason, language),
          ]
            .filter(Boolean)
            .join('\n'),
      }),
    [stretches, minute, hours, zone, text, word, t, reasons, language],
  )
  const rows = [...stretches].reverse()
  const table: ChartTable = {
    columns: [
      t('machines.log.from'),
      t('machines.log.state'),
      t('machines.log.lasted'),
      t('machines.log.reason'),
      t('machines.log.detail'),
    ],
    rows: rows.map((s) => [
      s.from,
      s.state,
      Math.round(lasted(s, now) / 1000),
      reasonName(reasons ?? [], s.reason, language),
      [s.detail, s.alarm].filter(Boolean).join(', '),
    ]),
    show: (value, column, row) => {
      const s = rows[row]!
      if (column === 0)
        return (
          <UnstyledButton className={classes.rowButton} onClick={() => onPick(s)}>
            <Time value={s.from} form="seconds" zone={false} />
          </UnstyledButton>
        )
      if (column === 1)
        return (
          <>
            <Status of="machine_state" state={s.state} />
            {s.state !== s.observed && <small>{t('machines.log.was', { state: word(s.observed) })}</small>}
            {isMicro(s, log.micro_stop_s, now) && <small>{t('machines.log.micro')}</small>}
          </>
        )
      if (column === 2) return duration(t, lasted(s, now))
      return value
    },
  }
  const down = stretches.filter((s) => s.state === 'unplanned_down' && !isMicro(s, log.micro_stop_s, now))
  return (
    <>
      <Chart
        title={t('machines.log.title')}
        summary={t('machines.log.summary', {
          station: log.station,
          hours,
          n: stretches.length,
          down: down.length,
          time: duration(
            t,
            down.reduce((sum, s) => sum + lasted(s, now), 0),
          ),
        })}
        option={option}
        table={table}
        file={`machine-log-${log.station}`}
        height={96}
        onPick={(i) => onPick(stretches[i]!)}
      />
      <Recent stretches={rows.slice(0, 12)} onPick={onPick} threshold={log.micro_stop_s} />
    </>
  )
}

/** The last stretches, each a way to its dialogue. */
function Recent({
  stretches,
  threshold,
  onPick,
}: {
  stretches: Stretch[]
  threshold: number
  onPick: (s: Stretch) => void
}) {
  const t = useT()
  const now = useNow()
  const language = useLanguage()
  const reasons = useQuery(reasonsQuery).data
  return (
    <section>
      <h3>{t('machines.log.recent')}</h3>
      <ul className={classes.recent}>
        {stretches.map((s) => (
          <li key={s.id}>
            <UnstyledButton onClick={() => onPick(s)}>
              <Time value={s.from} form="seconds" zone={false} />
              <Status of="machine_state" state={s.state} />
              <span>{duration(t, lasted(s, now))}</span>
              <small>
                {isMicro(s, threshold, now)
                  ? t('machines.log.micro')
                  : reasonName(reasons ?? [], s.reason, language) || s.alarm || s.detail}
              </small>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </section>
  )
}
