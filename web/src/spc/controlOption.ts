import type { EChartsCoreOption } from 'echarts/core'
import type { Colours } from '../chart/colours'
import type { Point } from './spc'

export interface ControlWords {
  upper: string
  lower: string
  centre: string
  main: string
  second: string
  limits: (version: number) => string
  tooltip: (point: Point) => string
  number: (value: number) => string
}

interface Options {
  points: Point[]
  colours: Colours
  words: ControlWords
  /** The point that is looked at, by its number. */
  marked?: number
}

/** Zones: 1 and 2 standard deviations either side of the centre, stepped like the limits. */
const zones = [1, 2]

/** A control chart: points, centre and stepped limits, faint zones, flagged points with their rules, a line where limits change. */
export function controlOption({ points, colours, words, marked }: Options): EChartsCoreOption {
  const two = points.some((point) => point.second !== null)
  const names = points.map((point) => String(point.seq))
  const axis = (gridIndex: number, labels: boolean) => ({
    type: 'category' as const,
    gridIndex,
    data: names,
    boundaryGap: true,
    axisLine: { lineStyle: { color: colours.lineStrong } },
    axisTick: { show: false },
    axisLabel: { show: labels, color: colours.ink3, fontSize: 12, hideOverlap: true },
  })
  const scale = (gridIndex: number, name: string, splitNumber: number) => ({
    type: 'value' as const,
    gridIndex,
    scale: true,
    splitNumber,
    name,
    nameLocation: 'end' as const,
    nameTextStyle: { color: colours.ink3, fontSize: 12, align: 'left' as const },
    axisLabel: { color: colours.ink3, fontSize: 12, formatter: words.number },
    splitLine: { show: false },
    axisLine: { show: true, lineStyle: { color: colours.lineStrong } },
  })
  const left = 72
  const right = 88
  return {
    aria: { enabled: false }, // the frame says it in a sentence, and has a table
    grid: two
      ? [
          { left, right, top: 40, height: '50%' },
          { left, right, bottom: 32, height: '22%' },
        ]
      : [{ left, right, top: 40, bottom: 32 }],
    xAxis: two ? [axis(0, false), axis(1, true)] : [axis(0, true)],
    yAxis: two ? [scale(0, words.main, 5), scale(1, words.second, 2)] : [scale(0, words.main, 5)],
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    tooltip: {
      trigger: 'axis',
      backgroundColor: colours.raised,
      borderColor: colours.lineStrong,
      textStyle: { color: colours.ink, fontSize: 13 },
      axisPointer: { type: 'line', lineStyle: { color: colours.lineStrong } },
      formatter: (rows: { dataIndex: number }[]) => words.tooltip(points[rows[0]?.dataIndex ?? 0]!),
    },
    series: [
      ...zoneLines(points, colours),
      ...lines(points, colours, words, 0, (p) => [p.centre, p.lower, p.upper]),
      dots(points, colours, words, 0, marked),
      ...(two
        ? [
            ...lines(points, colours, words, 1, (p) => [p.second_centre, p.second_lower, p.second_upper]),
            dots(points, colours, words, 1, marked),
          ]
        : []),
    ],
  }
}

const stepped = (index: number) => ({
  type: 'line' as const,
  step: 'middle' as const,
  symbol: 'none',
  silent: true,
  xAxisIndex: index,
  yAxisIndex: index,
  animation: false,
})

function zoneLines(points: Point[], colours: Colours) {
  return zones
    .flatMap((k) => [k, -k])
    .map((k) => ({
      ...stepped(0),
      data: points.map((p) =>
        p.centre === null || p.sigma === null || p.upper === null ? null : p.centre + k * p.sigma,
      ),
      lineStyle: { color: colours.lineStrong, width: 1, type: 'dotted' as const, opacity: 0.7 },
    }))
}

function lines(
  points: Point[],
  colours: Colours,
  words: ControlWords,
  index: number,
  of: (point: Point) => (number | null)[],
) {
  const style = [
    { name: words.centre, color: colours.ink3, type: 'solid' as const, width: 1 },
    { name: words.lower, color: colours.ink2, type: 'dashed' as const, width: 1.5 },
    { name: words.upper, color: colours.ink2, type: 'dashed' as const, width: 1.5 },
  ]
  return style.map(({ name, color, type, width }, i) => ({
    ...stepped(index),
    data: points.map((point) => of(point)[i] ?? null),
    lineStyle: { color, width, type },
    // The last value stands beside its line, in the margin.
    endLabel: {
      show: true,
      color: colours.ink2,
      fontSize: 12,
      formatter: ({ value }: { value: number }) => `${name} ${words.number(value)}`,
    },
  }))
}

function dots(points: Point[], colours: Colours, words: ControlWords, index: number, marked?: number) {
  return {
    type: 'line' as const,
    xAxisIndex: index,
    yAxisIndex: index,
    z: 5,
    lineStyle: { color: colours.fill2, width: 1.5 },
    data: points.map((point) => dot(point, colours, index, marked)),
    symbol: 'circle',
    symbolSize: 6,
    connectNulls: false,
    markLine: index === 0 ? phases(points, colours, words) : undefined,
  }
}

function dot(point: Point, colours: Colours, index: number, marked?: number) {
  const value = index === 0 ? point.plot : point.second
  const flags = index === 0 ? point.flags : point.second_flags
  const flagged = flags.length > 0
  const hollow = Boolean(point.excluded)
  return {
    value,
    symbol: flagged ? 'diamond' : 'circle',
    symbolSize: point.seq === marked ? 16 : flagged ? 13 : 6,
    itemStyle: {
      color: hollow ? colours.surface : flagged ? colours.crit : colours.fill1,
      borderColor: point.seq === marked ? colours.ink : hollow ? colours.fill1 : flagged ? colours.crit : colours.fill1,
      borderWidth: point.seq === marked ? 2 : hollow ? 1.5 : 0,
    },
    label: {
      show: flagged,
      position: 'top' as const,
      color: colours.critText,
      fontSize: 12,
      fontWeight: 600,
      formatter: flags.map((flag) => shortRule(flag.rule)).join(' '),
    },
  }
}

/** The number of a rule within its set: what stands beside a point. */
export const shortRule = (rule: string) => rule.replace(/^(WE|N)/, '')

/** A line where other limits come into force. */
function phases(points: Point[], colours: Colours, words: ControlWords) {
  const data = points
    .map((point, i) => ({ point, before: points[i - 1], i }))
    .filter(({ point, before }) => before && point.limits !== before.limits && point.limits > 0)
    .map(({ point, i }) => ({ xAxis: i, label: { formatter: words.limits(point.limits) } }))
  return {
    silent: true,
    symbol: 'none',
    animation: false,
    lineStyle: { color: colours.ink3, type: 'solid' as const, width: 1 },
    label: { color: colours.ink2, fontSize: 12, position: 'insideEndTop' as const },
    data,
  }
}
