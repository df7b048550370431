import type { EChartsCoreOption } from 'echarts/core'
import type { Colours } from '../chart/colours'
import { nameOf, type Bucket, type Series, type Span } from './trends'

export interface TrendWords {
  time: (value: number) => string
  tick: (value: number) => string
  number: (value: number) => string
  bad: string
  none: string
  lower: string
  upper: string
}

export interface Limits {
  lower?: number
  upper?: number
}

/** A tag that rests is recorded once a minute, so a longer silence is a gap. In ms. */
const silence = 150_000

/** How far two buckets may be apart before nothing is known of what is between them. */
export const gapOf = (series: Series) => Math.max(2.5 * series.width_s * 1000, silence)

type Place = [number, number | null]

/** The line of one figure of the buckets, cut where the device was silent or had no good value. The last one holds until. */
export function lineOf(series: Series, figure: (bucket: Bucket) => number | null, until?: number): Place[] {
  const gap = gapOf(series)
  const out: Place[] = []
  let last: number | undefined
  for (const bucket of series.points) {
    const at = Date.parse(bucket.at)
    if (last !== undefined && at - last > gap) out.push([last + 1, null])
    out.push([at, figure(bucket)])
    last = at
  }
  const value = out.at(-1)?.[1]
  if (last !== undefined && value != null && until !== undefined && until > last && until - last <= gap)
    out.push([until, value])
  return out
}

/** The stretches in which values were bad, from the first such bucket to the end of the last. */
export function badOf(series: Series): Span[] {
  const out: Span[] = []
  const width = series.width_s * 1000
  for (const bucket of series.points) {
    if (bucket.bad === 0) continue
    const at = Date.parse(bucket.at)
    const before = out.at(-1)
    if (before && at - before.until <= width) before.until = at + width
    else out.push({ from: at, until: at + width })
  }
  return out
}

/** Each unit has an axis of its own; the first two stand at the sides, the others outside them. */
export const unitsOf = (list: Series[]) => [...new Set(list.map((series) => series.tag.unit))]

/** Lines are told apart by their stroke and their shade, never by the hue alone. */
const strokes = ['solid', 'dashed', 'dotted', [8, 3, 2, 3]] as const

interface Options {
  list: Series[]
  span: Span
  colours: Colours
  words: TrendWords
  limits: Limits
}

/** Mean lines in their bands from the smallest to the largest value; hatched where values were bad, broken where none came. */
export function trendOption({ list, span, colours, words, limits }: Options): EChartsCoreOption {
  const units = unitsOf(list)
  const shades = [colours.fill1, colours.fill2, colours.ink2, colours.ink3]
  return {
    aria: { enabled: false }, // the frame says it in a sentence, and has a table
    legend: {
      show: true,
      type: 'scroll',
      top: 4,
      left: 16,
      textStyle: { color: colours.ink2, fontSize: 12 },
      data: list.map((series) => nameOf(series.tag)),
    },
    grid: { left: 72, right: units.length > 1 ? 72 + 64 * (units.length - 2) : 24, top: 56, bottom: 32 },
    xAxis: {
      type: 'time',
      min: span.from,
      max: span.until,
      axisLine: { lineStyle: { color: colours.lineStrong } },
      axisLabel: { color: colours.ink3, fontSize: 12, hideOverlap: true, formatter: words.tick },
      splitLine: { show: false },
    },
    yAxis: units.map((unit, i) => ({
      type: 'value',
      scale: true,
      position: i === 0 ? 'left' : 'right',
      offset: i > 1 ? (i - 1) * 64 : 0,
      name: unit,
      nameTextStyle: { color: colours.ink3, fontSize: 12 },
      axisLabel: { color: colours.ink3, fontSize: 12, formatter: words.number },
      axisLine: { show: true, lineStyle: { color: colours.lineStrong } },
      splitLine: { show: i === 0, lineStyle: { color: colours.line } },
    })),
    tooltip: {
      trigger: 'axis',
      backgroundColor: colours.raised,
      borderColor: colours.lineStrong,
      textStyle: { color: colours.ink, fontSize: 13 },
      axisPointer: { type: 'line', lineStyle: { color: colours.lineStrong } },
      formatter: (rows: { axisValue: number }[]) => tip(list, Number(rows[0]?.axisValue ?? 0), words),
    },
    dataZoom: [{ type: 'inside', filterMode: 'none', zoomOnMouseWheel: 'ctrl' }],
    series: list.flatMap((series, i) => {
      const axis = units.indexOf(series.tag.unit)
      const shade = shades[i % shades.length]!
      return [
        ...band(series, axis, shade, span.until),
        {
          type: 'line',
          name: nameOf(series.tag),
          yAxisIndex: axis,
          z: 5,
          showSymbol: false,
          connectNulls: false,
          step: stepOf(series),
          data: lineOf(series, (bucket) => bucket.mean, span.until),
          lineStyle: { color: shade, width: 1.5, type: strokes[i % strokes.length] },
          itemStyle: { color: shade },
          markArea: {
            silent: true,
            data: badOf(series).map(({ from, until }) => [{ xAxis: from }, { xAxis: until }]),
            itemStyle: hatch(colours),
          },
          markLine: i === 0 ? limitLines(limits, colours, words) : undefined,
        },
      ]
    }),
  }
}

/** A value that was recorded as it came holds until the next one; means of minutes and hours are joined. */
const stepOf = (series: Series) => (series.source === 'raw' ? ('end' as const) : false)

/** Two stacked areas: the clear one up to the smallest value, the shaded one from there to the largest. */
function band(series: Series, yAxisIndex: number, color: string, until: number) {
  const common = {
    type: 'line',
    yAxisIndex,
    stack: `band-${series.tag.id}`,
    stackStrategy: 'all',
    step: stepOf(series),
    silent: true,
    symbol: 'none',
    connectNulls: false,
    lineStyle: { opacity: 0 },
    tooltip: { show: false },
  }
  const width = (bucket: Bucket) => (bucket.min === null || bucket.max === null ? null : bucket.max - bucket.min)
  return [
    { ...common, data: lineOf(series, (bucket) => bucket.min, until) },
    { ...common, data: lineOf(series, width, until), areaStyle: { color, opacity: 0.18 } },
  ]
}

function limitLines(limits: Limits, colours: Colours, words: TrendWords) {
  const line = (value: number | undefined, name: string) =>
    value === undefined ? [] : [{ yAxis: value, label: { formatter: `${name} ${words.number(value)}` } }]
  return {
    silent: true,
    symbol: 'none',
    animation: false,
    lineStyle: { color: colours.ink2, type: 'dashed', width: 1.5 },
    label: { color: colours.ink2, fontSize: 12, position: 'insideEndTop' },
    data: [...line(limits.lower, words.lower), ...line(limits.upper, words.upper)],
  }
}

/** Grey lines, as everywhere for what is not known. */
function hatch(colours: Colours) {
  const tile = document.createElement('canvas')
  tile.width = tile.height = 8
  const pen = tile.getContext('2d')
  if (!pen) return { color: colours.line }
  pen.strokeStyle = colours.lineStrong
  pen.lineWidth = 1
  for (const x of [-8, 0, 8]) {
    pen.moveTo(x, 8)
    pen.lineTo(x + 8, 0)
  }
  pen.stroke()
  return { color: { image: tile, repeat: 'repeat' }, opacity: 0.7 }
}

/** The bucket of a moment, unless nothing is known of it. */
export function bucketAt(series: Series, at: number): Bucket | undefined {
  const width = series.width_s * 1000
  let best: Bucket | undefined
  for (const bucket of series.points) {
    if (Date.parse(bucket.at) > at + width / 2) break
    best = bucket
  }
  return best && at - Date.parse(best.at) <= gapOf(series) ? best : undefined
}

const escape = (text: string) =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c)

function tip(list: Series[], at: number, words: TrendWords) {
  const rows = list.map((series) => {
    const bucket = bucketAt(series, at)
    let said = words.none
    if (bucket && bucket.mean !== null) {
      said = words.number(bucket.mean)
      if (bucket.min !== bucket.max) said += ` (${words.number(bucket.min ?? 0)} – ${words.number(bucket.max ?? 0)})`
      if (series.tag.unit) said += ` ${escape(series.tag.unit)}`
    }
    if (bucket && bucket.bad > 0) said += ` · ${words.bad}`
    return `${escape(nameOf(series.tag))}: <b>${said}</b>`
  })
  return [words.time(at), ...rows].join('<br>')
}
