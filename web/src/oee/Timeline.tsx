import { useCallback, useMemo } from 'react'
import { Chart, type ChartTable } from '../chart/Chart'
import type { Cell } from '../chart/csv'
import type { Colours } from '../chart/colours'
import { useLanguage, useT } from '../i18n/i18n'
import { clockMinutes } from '../time/format'
import { useZone } from '../time/site'
import { useTimeText } from '../time/Time'
import { minutes, percent, type Category, type Report } from './figure'
import classes from './oee.module.css'
import { stretches, timelineHeight, timelineOption, type Drawn } from './timelineOption'
import { useCategoryWord } from './words'

const keys: Category[] = [
  'running',
  'setup',
  'blocked',
  'starved',
  'unplanned_down',
  'idle',
  'planned_down',
  'unknown',
  'short_stop',
]

/** What every station of the line did, over the same hours. A stretch leads to its events. */
export function Timeline({ report, onPick }: { report: Report; onPick: (drawn: Drawn) => void }) {
  const t = useT()
  const language = useLanguage()
  const zone = useZone()
  const at = useTimeText()
  const word = useCategoryWord()
  const stations = useMemo(() => report.stations ?? [], [report.stations])
  const all = useMemo(() => stretches(stations), [stations])
  const focus = report.equipment.id
  const tell = (drawn: Drawn) =>
    [
      `${drawn.station.station}: ${word(drawn.piece.category)}`,
      `${at(drawn.piece.from, 'seconds', false)} – ${at(drawn.piece.until, 'seconds')}`,
      drawn.piece.reason ?? '',
    ]
      .filter(Boolean)
      .map(escape)
      .join('<br>')
  const option = useCallback(
    (colours: Colours) =>
      timelineOption({
        stations,
        focus,
        from: report.from,
        until: report.ends,
        colours,
        words: {
          clock: (time) => clockMinutes(zone, new Date(time)),
          tooltip: tell,
          availability: (station) => percent(station.availability, language) ?? '–',
          heading: t('oee.availability_of_line'),
        },
      }),
    // The words change with the language only.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [stations, focus, report.from, report.ends, language, zone.zone],
  )
  const table: ChartTable = {
    columns: [
      t('oee.column.station'),
      t('oee.column.state'),
      t('oee.column.from'),
      t('oee.column.until'),
      t('oee.column.minutes'),
      t('oee.column.reason'),
    ],
    rows: all.map(({ piece, station }): Cell[] => [
      station.station,
      word(piece.category),
      piece.from,
      piece.until,
      (new Date(piece.until).getTime() - new Date(piece.from).getTime()) / 60_000,
      piece.reason ?? '',
    ]),
    show: (value, column) => {
      if (column === 2 || column === 3) return at(String(value), 'seconds')
      return column === 4 ? minutes(Number(value) * 60, language) : value
    },
  }
  return (
    <div className={classes.timeline}>
      <Chart
        title={
          <>
            {t('oee.states')} <small>{t('oee.states.hint')}</small>
          </>
        }
        summary={t('oee.states.summary', {
          what: stations.map((s) => `${s.station} ${percent(s.availability, language) ?? t('oee.unknown')}`).join(', '),
        })}
        option={option}
        table={table}
        file={`oee-${focus}-states`}
        height={timelineHeight(stations, focus)}
        actions={
          <ul className={classes.keys} aria-label={t('oee.legend')}>
            {keys.map((key) => (
              <li key={key}>
                <span className={classes.swatch} data-look={key} aria-hidden />
                {word(key)}
              </li>
            ))}
          </ul>
        }
        onPick={(index) => all[index] && onPick(all[index])}
      />
    </div>
  )
}

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
