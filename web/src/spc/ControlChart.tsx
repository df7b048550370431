import { useCallback, useMemo, type ReactNode } from 'react'
import { Chart as Frame, type ChartTable } from '../chart/Chart'
import type { Cell } from '../chart/csv'
import type { Colours } from '../chart/colours'
import { useLanguage, useT } from '../i18n/i18n'
import { Time } from '../time/Time'
import { controlOption } from './controlOption'
import { digitsOf, pointsPath, statistic, type Point } from './spc'
import { mainOf, secondOf, useControlWords } from './words'

interface Props {
  chart: string
  kind: string
  unit?: string
  title: ReactNode
  points: Point[]
  marked?: number
  actions?: ReactNode
  height?: number
  onPick?: (seq: number) => void
}

/** The control chart of both pages: what was judged, or what a window would give. */
export function ControlChart({ chart, kind, unit, title, points, marked, actions, height = 460, onPick }: Props) {
  const t = useT()
  const digits = useMemo(() => digitsOf(points), [points])
  const words = useControlWords(kind, unit, digits)
  const option = useCallback(
    (colours: Colours) => controlOption({ points, colours, words, marked }),
    // The words change with the language and the digits only; a new object each time would redraw for nothing.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [points, marked, kind, unit, digits, words.main, words.upper],
  )
  const flagged = points.filter((point) => point.rules.length > 0)
  const summary = t('spc.summary', {
    count: points.length,
    flagged: flagged.length,
    which: flagged.map((point) => point.seq).join(', ') || '–',
  })
  return (
    <Frame
      title={title}
      summary={summary}
      option={option}
      table={usePointTable(points, kind, digits)}
      file={`spc-${chart}`}
      csv={{ path: pointsPath(chart) }}
      height={height}
      actions={actions}
      onPick={onPick && ((index) => points[index] && onPick(points[index].seq))}
    />
  )
}

function usePointTable(points: Point[], kind: string, digits: number): ChartTable {
  const t = useT()
  const language = useLanguage()
  const columns = [
    t('spc.column.point'),
    t('spc.column.at'),
    t('spc.column.n'),
    t(`spc.plot.${mainOf(kind)}`),
    t('spc.cl'),
    t('spc.lcl'),
    t('spc.ucl'),
    t(`spc.plot.${secondOf(kind)}`),
    t('spc.column.rules'),
    t('spc.column.limits'),
    t('spc.column.lots'),
  ]
  const rows: Cell[][] = points.map((point) => [
    point.seq,
    point.at,
    point.n,
    point.plot,
    point.centre,
    point.lower,
    point.upper,
    point.second,
    point.rules.join(' '),
    point.limits || null,
    point.lots.join(' '),
  ])
  const show = (value: Cell, column: number) => {
    if (column === 1) return <Time value={String(value)} form="full" />
    if (column >= 3 && column <= 7) return statistic(value as number | null, digits, language)
    return value ?? '–'
  }
  return { columns, rows, show }
}
