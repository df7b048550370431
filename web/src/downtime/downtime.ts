import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import { readListSearch, type ListSearch } from '../list/page'

export type Stop = Schemas['Stop']
export type Pareto = Schemas['Pareto']

export const stopsPath = '/stops'
export const groupings = ['reason', 'station', 'product', 'shift'] as const
export type Grouping = (typeof groupings)[number]
export const windows = [8, 24, 168, 720] as const

export interface DowntimeSearch extends ListSearch {
  by?: Grouping
  hours?: number
  station?: string
  shift?: string
  micro?: boolean
}

const one = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

export function readDowntimeSearch(search: Record<string, unknown>): DowntimeSearch {
  const hours = Number(search.hours)
  return {
    ...readListSearch(search),
    by: groupings.find((name) => name !== 'reason' && name === search.by),
    hours: windows.find((span) => span !== 24 && span === hours),
    station: one(search.station),
    shift: one(search.shift),
    micro: search.micro === true || search.micro === 'true' ? true : undefined,
  }
}

/** The window begins at a full minute, so that a page that is drawn anew asks the same question. */
export function filterOf(search: DowntimeSearch, now: number) {
  const until = Math.floor(now / 60_000) * 60_000 + 60_000
  return {
    from: new Date(until - (search.hours ?? 24) * 3_600_000).toISOString(),
    until: new Date(until).toISOString(),
    station: search.station ? [search.station] : undefined,
    product: search.product,
    shift: search.shift,
  }
}

export const stopsQuery = (search: DowntimeSearch, now: number) =>
  queryOptions({
    queryKey: ['stops', 'list', search, Math.floor(now / 60_000)],
    queryFn: () =>
      answer(
        api.GET('/api/v1/stops', {
          params: {
            query: {
              ...filterOf(search, now),
              q: search.q,
              sort: search.sort,
              cursor: search.cursor,
              unexplained: search.state === 'unexplained',
              micro: search.micro ?? false,
              limit: 50,
            },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  })

export const paretoQuery = (search: DowntimeSearch, now: number) =>
  queryOptions({
    queryKey: ['stops', 'of', 'pareto', { ...search, q: undefined, cursor: undefined }, Math.floor(now / 60_000)],
    queryFn: () =>
      answer(
        api.GET('/api/v1/downtime/pareto', {
          params: { query: { ...filterOf(search, now), by: search.by ?? 'reason' } },
        }),
      ),
    placeholderData: keepPreviousData,
  })
