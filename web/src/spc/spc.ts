import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import type { Key, Language } from '../i18n/i18n'
import { localeOf } from '../i18n/i18n'
import { readListSearch, type ListSearch } from '../list/page'

export type Chart = Schemas['ChartStatus']
export type Point = Schemas['ChartPoint']
export type Limits = Schemas['ChartLimits']
export type ChartAlarm = Schemas['ChartAlarm']
export type Study = Schemas['ChartStudy']
export type CapabilityReport = Schemas['CapabilityReport']

export const chartsPath = '/spc/charts'
export const alarmsPath = '/spc/alarms'
export const pointsPath = (chart: string) => `${chartsPath}/${encodeURIComponent(chart)}/points`

export const kinds = ['xbar_r', 'xbar_s', 'i_mr', 'p', 'np', 'c', 'u', 'ewma', 'cusum'] as const
export type Kind = (typeof kinds)[number]
export const kindKey = (kind: string): Key => `spc.kind.${kind as Kind}`

/** Charts that measure have a distribution; charts that count do not. */
export const measures = (kind: string) => !['p', 'np', 'c', 'u'].includes(kind)

export const states = ['all', 'alarm', 'in_control', 'no_limits', 'paused'] as const
export type State = (typeof states)[number]
type StateFilter = 'alarm' | 'in_control' | 'no_limits' | 'paused'

export const stateOf = (search: ListSearch): State =>
  states.includes(search.state as State) ? (search.state as State) : 'all'

export const stateFilter = (state: State): StateFilter | undefined => (state === 'all' ? undefined : state)

export const filterOf = (search: ListSearch): Record<string, string | undefined> => ({
  q: search.q,
  sort: search.sort,
  state: stateFilter(stateOf(search)),
})

export const chartsQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['spc', 'list', filterOf(search), search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/spc/charts', {
          params: {
            query: {
              q: search.q,
              sort: search.sort,
              cursor: search.cursor,
              state: stateFilter(stateOf(search)),
              limit: 50,
            },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  })

export const chartQuery = (chart: string) =>
  queryOptions({
    queryKey: ['charts', chart, 'status'],
    queryFn: () => answer(api.GET('/api/v1/spc/charts/{chart}', { params: { path: { chart } } })),
  })

/** How many of the newest points a chart shows. */
export const lengths = [50, 100, 200, 500] as const

export interface ChartSearch {
  last?: number
  point?: number
}

const whole = (value: unknown) => (/^[1-9]\d{0,9}$/.test(String(value)) ? Number(value) : undefined)

export function readChartSearch(search: Record<string, unknown>): ChartSearch {
  const last = whole(search.last)
  const point = whole(search.point)
  return {
    ...(last && (lengths as readonly number[]).includes(last) ? { last } : {}),
    ...(point ? { point } : {}),
  }
}

export const pointsQuery = (chart: string, last: number) =>
  queryOptions({
    queryKey: ['charts', chart, 'points', last],
    queryFn: () =>
      answer(
        api.GET('/api/v1/spc/charts/{chart}/points', { params: { path: { chart }, query: { last, limit: 500 } } }),
      ),
    placeholderData: keepPreviousData,
  })

export const limitsQuery = (chart: string) =>
  queryOptions({
    queryKey: ['charts', chart, 'limits'],
    queryFn: () => answer(api.GET('/api/v1/spc/charts/{chart}/limits', { params: { path: { chart } } })),
  })

export interface Window {
  from?: number
  to?: number
  excluded: number[]
}

export const studyQuery = (chart: string, window: Window) =>
  queryOptions({
    queryKey: ['charts', chart, 'study', window],
    queryFn: () => answer(api.GET('/api/v1/spc/charts/{chart}/study', { params: { path: { chart }, query: window } })),
    placeholderData: keepPreviousData,
    retry: false,
  })

export const capabilityQuery = (chart: string, from: number, to: number) =>
  queryOptions({
    queryKey: ['charts', chart, 'capability', from, to],
    queryFn: () =>
      answer(api.GET('/api/v1/spc/charts/{chart}/capability', { params: { path: { chart }, query: { from, to } } })),
    placeholderData: keepPreviousData,
    retry: false,
  })

export interface AlarmSearch extends ListSearch {
  chart?: string
}

export function readAlarmSearch(search: Record<string, unknown>): AlarmSearch {
  const chart = typeof search.chart === 'string' && search.chart ? { chart: search.chart } : {}
  return { ...readListSearch(search), ...chart }
}

export const alarmFilter = (search: AlarmSearch): Record<string, string | undefined> => ({
  q: search.q,
  chart: search.chart,
  open: search.state === 'all' ? undefined : 'true',
})

export const alarmsQuery = (search: AlarmSearch) =>
  queryOptions({
    queryKey: ['spc', 'alarms', alarmFilter(search), search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/spc/alarms', {
          params: {
            query: { q: search.q, chart: search.chart, open: search.state !== 'all', cursor: search.cursor, limit: 50 },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  })

/** So many digits after the point that a tenth of the spread can be seen. */
export function digitsFor(spread: number | null | undefined): number {
  if (!spread || !Number.isFinite(spread)) return 3
  return Math.min(Math.max(1 - Math.floor(Math.log10(Math.abs(spread))), 0), 9)
}

/** A statistic for reading. It is a rounded number, not a record. */
export function statistic(value: number | null | undefined, digits: number, language: Language): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  return new Intl.NumberFormat(localeOf(language), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value)
}

/** The spread that says how finely a chart's numbers are written. */
export function digitsOf(points: Point[]): number {
  const sigma = points.findLast((point) => point.sigma)?.sigma
  if (sigma) return digitsFor(sigma)
  const plots = points.map((point) => point.plot)
  return digitsFor((Math.max(...plots) - Math.min(...plots)) / 4)
}
