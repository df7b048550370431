import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import { readListSearch, type ListSearch } from '../list/page'

export type Gauge = Schemas['Gauge']
export type Calibration = Schemas['Calibration']
export type Measured = Schemas['Measured']
export type Study = Schemas['GaugeStudy']
export type StudyView = Schemas['GaugeStudyView']
export type Variation = Schemas['Variation']
export type Evaluation = Schemas['Result']

export const path = '/gauges'
export const studiesPath = '/gauge-studies'

/** The register in use, what is due soon or overdue, and everything. */
export const tabs = { used: {}, due: { days: '30' }, all: { retired: 'true' } } as const
export type Tab = keyof typeof tabs

export interface GaugeSearch extends ListSearch {
  kind?: string
}

export function readGaugeSearch(search: Record<string, unknown>): GaugeSearch {
  const kind = typeof search.kind === 'string' && search.kind !== '' ? { kind: search.kind } : {}
  return { ...readListSearch(search), ...kind }
}

export const tabOf = (search: ListSearch): Tab =>
  search.state && search.state in tabs ? (search.state as Tab) : 'used'

export const filterOf = (search: GaugeSearch): Record<string, string | undefined> => ({
  q: search.q,
  kind: search.kind,
  sort: search.sort ?? (tabOf(search) === 'due' ? 'due_at' : undefined),
  ...tabs[tabOf(search)],
})

export const gaugesQuery = (search: GaugeSearch) => {
  const { q, kind, sort, days, retired } = filterOf(search)
  return queryOptions({
    queryKey: ['gauges', ['list', filterOf(search), search.cursor]],
    queryFn: () =>
      answer(
        api.GET('/api/v1/gauges', {
          params: {
            query: {
              q,
              kind,
              sort,
              days: days ? Number(days) : undefined,
              retired: retired === 'true' || undefined,
              cursor: search.cursor,
              limit: 50,
            },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  })
}

/** The gauges of a kind, for choosing one. */
export const kindQuery = (kind: string) =>
  queryOptions({
    queryKey: ['gauges', ['kind', kind]],
    queryFn: () => answer(api.GET('/api/v1/gauges', { params: { query: { kind, limit: 200 } } })),
  })

export const gaugeQuery = (id: string) =>
  queryOptions({
    queryKey: ['gauges', id],
    queryFn: () => answer(api.GET('/api/v1/gauges/{gauge}', { params: { path: { gauge: id } } })),
  })

export const calibrationsQuery = (id: string) =>
  queryOptions({
    queryKey: ['gauges', ['calibrations', id]],
    queryFn: () => answer(api.GET('/api/v1/gauges/{gauge}/calibrations', { params: { path: { gauge: id } } })),
  })

export const measuredQuery = (id: string, calibration: number, cursor?: string) =>
  queryOptions({
    queryKey: ['gauges', ['measured', id, calibration, cursor]],
    queryFn: () =>
      answer(
        api.GET('/api/v1/gauges/{gauge}/measured', {
          params: { path: { gauge: id }, query: { calibration: calibration || undefined, cursor, limit: 50 } },
        }),
      ),
    placeholderData: keepPreviousData,
  })

export const studiesQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['studies', ['list', search.q, search.state, search.cursor]],
    queryFn: () =>
      answer(
        api.GET('/api/v1/gauge-studies', {
          params: {
            query: { q: search.q, open: search.state === 'open' || undefined, cursor: search.cursor, limit: 50 },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  })

export const studyQuery = (id: string) =>
  queryOptions({
    queryKey: ['studies', id],
    queryFn: () => answer(api.GET('/api/v1/gauge-studies/{study}', { params: { path: { study: id } } })),
  })

/** Whether something may be measured with the gauge now, as far as its last known state tells. */
export const usable = (gauge: Gauge) => gauge.state === 'fit' || gauge.state === 'due_soon'

const last = new Map<string, string>()

/** The gauge of a kind that was last measured with at this screen: one measures many pieces with the same one. */
export const lastGauge = (kind: string | undefined) => (kind ? (last.get(kind) ?? '') : '')
export const rememberGauge = (kind: string, gauge: string) => void last.set(kind, gauge)

/** A share in percent with one digit, as tables of R&R show it. */
export const percent = (value: number) => value.toFixed(1)
