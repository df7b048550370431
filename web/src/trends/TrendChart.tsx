import { useCallback, useMemo, type ReactNode } from 'react'
import { Chart, type ChartTable } from '../chart/Chart'
import type { Cell } from '../chart/csv'
import type { Colours } from '../chart/colours'
import { localeOf, useLanguage, useT } from '../i18n/i18n'
import { clockMinutes, clockSeconds, shortDate } from '../time/format'
import { useZone } from '../time/site'
import { Time, useTimeText } from '../time/Time'
import { trendOption, type Limits, type TrendWords } from './trendOption'
import { nameOf, type Series, type Span } from './trends'

interface Props {
  list: Series[]
  span: Span
  limits: Limits
  actions?: ReactNode
}

/** Numbers of several tags over one stretch of time. */
export function TrendChart({ list, span, limits, actions }: Props) {
  const t = useT()
  const words = useWords(span)
  const { from, until } = span
  const { lower, upper } = limits
  const option = useCallback(
    (colours: Colours) => trendOption({ list, span: { from, until }, colours, words, limits: { lower, upper } }),
    [list, from, until, words, lower, upper],
  )
  const names = list.map((series) => nameOf(series.tag)).join(', ')
  const bad = list.reduce((n, series) => n + series.points.reduce((m, bucket) => m + bucket.bad, 0), 0)
  const count = list.reduce((n, series) => n + series.points.reduce((m, bucket) => m + bucket.n, 0), 0)
  return (
    <Chart
      title={t('telemetry.chart')}
      summary={t('telemetry.summary', { names, values: count, bad })}
      option={option}
      table={useTable(list)}
      file="trend"
      height={440}
      actions={actions}
    />
  )
}

function useWords(span: Span): TrendWords {
  const t = useT()
  const language = useLanguage()
  const zone = useZone()
  const text = useTimeText()
  const long = span.until - span.from > 36 * 3_600_000
  const short = span.until - span.from < 600_000
  return useMemo(() => {
    const format = new Intl.NumberFormat(localeOf(language), { maximumSignificantDigits: 5 })
    const tick = (value: number) => {
      const time = new Date(value)
      if (long) return shortDate(zone, time, new Date())
      return short ? clockSeconds(zone, time) : clockMinutes(zone, time)
    }
    return {
      time: (value) => text(new Date(value).toISOString(), 'full'),
      tick,
      number: (value) => format.format(value),
      bad: t('telemetry.bad'),
      none: t('telemetry.nothing'),
      lower: t('telemetry.lower'),
      upper: t('telemetry.upper'),
    }
    // The words change with the language, the zone and the length only; new ones each time would redraw for nothing.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [language, zone.zone, long, short])
}

function useTable(list: Series[]): ChartTable {
  const t = useT()
  const language = useLanguage()
  return useMemo(() => {
    const format = new Intl.NumberFormat(localeOf(language), { maximumSignificantDigits: 6 })
    const columns = [
      t('telemetry.column.at'),
      ...(['tag', 'unit', 'min', 'mean', 'max', 'n', 'bad'] as const).map((name) => t(`telemetry.column.${name}`)),
    ]
    const rows: Cell[][] = list
      .flatMap((series) =>
        series.points.map((b): Cell[] => [b.at, nameOf(series.tag), series.tag.unit, b.min, b.mean, b.max, b.n, b.bad]),
      )
      .sort((a, b) => String(a[0]).localeCompare(String(b[0])))
    const show = (value: Cell, column: number) => {
      if (column === 0) return <Time value={String(value)} form="full" />
      return typeof value === 'number' ? format.format(value) : (value ?? '–')
    }
    return { columns, rows, show }
  }, [list, language, t])
}
