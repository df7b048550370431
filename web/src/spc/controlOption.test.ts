import { expect, test } from 'vitest'
import type { Colours } from '../chart/colours'
import { controlOption, shortRule, type ControlWords } from './controlOption'
import { digitsFor, readChartSearch, statistic, type Point } from './spc'

const colours = new Proxy({} as Colours, { get: (_, name) => String(name) })
const words: ControlWords = {
  upper: 'UCL',
  lower: 'LCL',
  centre: 'CL',
  main: 'Mean',
  second: 'Range',
  limits: (version) => `Limits ${version}`,
  tooltip: (point) => String(point.seq),
  number: String,
}

const point = (seq: number, change: Partial<Point> = {}): Point => ({
  seq,
  at: '2026-11-24T10:00:00Z',
  n: 5,
  value: 10,
  spread: null,
  plot: 10,
  second: null,
  centre: null,
  sigma: null,
  lower: null,
  upper: null,
  second_centre: null,
  second_lower: null,
  second_upper: null,
  limits: 0,
  flags: [],
  second_flags: [],
  rules: [],
  values: [],
  lots: [],
  stations: [],
  ...change,
})

interface Series {
  data: ({ value: number | null; symbol?: string; label?: { formatter: string } } | number | null)[]
  step?: string
  markLine?: { data: { xAxis: number; label: { formatter: string } }[] }
}
const seriesOf = (points: Point[]) => controlOption({ points, colours, words }).series as Series[]

test('a chart without limits has no line and no second plot', () => {
  const series = seriesOf([point(1), point(2)])
  expect(series).toHaveLength(8) // four zones, three lines, the points
  expect(series.slice(0, 7).every((line) => line.data.every((value) => value === null))).toBe(true)
})

test('limits step with the points, zones lie between them, and other limits draw a line', () => {
  const judged = {
    centre: 10,
    sigma: 1,
    lower: 7,
    upper: 13,
    limits: 1,
    second: 2,
    second_centre: 2,
    second_lower: 0,
    second_upper: 4,
  }
  const series = seriesOf([point(20), point(21, judged), point(22, { ...judged, sigma: 2, lower: 4, upper: 16 })])
  expect(series).toHaveLength(12)
  expect(series[0]!.data).toEqual([null, 11, 12])
  expect(series[6]!.data).toEqual([null, 13, 16])
  expect(series[6]!.step).toBe('middle')
  expect(series[7]!.markLine?.data).toEqual([{ xAxis: 1, label: { formatter: 'Limits 1' } }])
})

test('a flagged point has another shape and the numbers of its rules', () => {
  const series = seriesOf([
    point(1, {
      flags: [
        { rule: 'WE1', side: 'above' },
        { rule: 'WE2', side: 'above' },
      ],
    }),
  ])
  expect(series[7]!.data[0]).toMatchObject({ symbol: 'diamond', label: { formatter: '1 2' } })
  expect([shortRule('N8'), shortRule('LIMIT')]).toEqual(['8', 'LIMIT'])
})

test('numbers are as fine as their spread', () => {
  expect([digitsFor(0.0098), digitsFor(12), digitsFor(0), digitsFor(null)]).toEqual([4, 0, 3, 3])
  expect(statistic(74.00118, 4, 'de')).toBe('74,0012')
  expect(statistic(null, 2, 'en')).toBe('–')
})

test('the address holds a length that is offered, and a point', () => {
  expect(readChartSearch({ last: '200', point: '37' })).toEqual({ last: 200, point: 37 })
  expect(readChartSearch({ last: '7', point: '-1' })).toEqual({})
})
