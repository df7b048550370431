import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { address, answer, api, type Schemas } from '../api/http'

export type Tag = Schemas['Tag']
export type Series = Schemas['TagSeries']
export type Bucket = Schemas['TagBucket']

/** The windows that end now, by their names in the address, in minutes. */
export const windows = { '10m': 10, '1h': 60, '8h': 480, '1d': 1440, '7d': 10_080, '30d': 43_200 } as const
export type WindowName = keyof typeof windows
export const usual: WindowName = '1h'

/** As many tags as one picture can tell apart. */
export const mostTags = 8
/** A bucket for about two pixels of a wide screen. */
const points = 600
const minute = 60_000
export const liveEvery = 5_000

export interface TrendSearch {
  /** IDs of tags with commas between them. */
  tags?: string
  window?: WindowName
  /** Both in ISO; they stand for a window that does not move. */
  from?: string
  until?: string
  /** Whose tags are shown when none are named. */
  device?: string
  station?: string
  lower?: string
  upper?: string
}

const moment = (value: unknown) =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? new Date(value).toISOString() : undefined
const word = (value: unknown) => (typeof value === 'string' && value !== '' ? value.slice(0, 64) : undefined)

/** Reads the address; what does not belong there is dropped. */
export function readTrendSearch(search: Record<string, unknown>): TrendSearch {
  const tags = String(search.tags ?? '')
    .split(',')
    .filter((id) => /^[1-9]\d{0,8}$/.test(id))
    .slice(0, mostTags)
    .join(',')
  const from = moment(search.from)
  const until = moment(search.until)
  const fixed = from !== undefined && until !== undefined && from < until
  const out: TrendSearch = {
    tags: tags || undefined,
    window: !fixed && String(search.window) in windows ? (search.window as WindowName) : undefined,
    from: fixed ? from : undefined,
    until: fixed ? until : undefined,
    device: word(search.device),
    station: word(search.station),
    lower: word(search.lower),
    upper: word(search.upper),
  }
  for (const key of Object.keys(out) as (keyof TrendSearch)[]) if (out[key] === undefined) delete out[key]
  return out
}

export const idsOf = (search: TrendSearch) => (search.tags ?? '').split(',').filter(Boolean).map(Number)

export interface Span {
  from: number
  until: number
}

/** The stretch that is looked at. A window that ends now moves with it. */
export function spanOf(search: TrendSearch, now: number): Span {
  if (search.from && search.until) return { from: Date.parse(search.from), until: Date.parse(search.until) }
  return { from: now - windows[search.window ?? usual] * minute, until: now }
}

/** A part of a stretch: moved by a share of its length, then narrowed or widened about its middle. */
export function moved({ from, until }: Span, shift: number, zoom = 1): Span {
  const length = until - from
  const middle = from + length / 2 + length * shift
  const half = Math.max((length * zoom) / 2, 500)
  return { from: Math.round(middle - half), until: Math.round(middle + half) }
}

export const fixed = (span: Span) => ({
  window: undefined,
  from: new Date(span.from).toISOString(),
  until: new Date(span.until).toISOString(),
})

export const tagsQuery = (filter: { q?: string; device?: string; station?: string; id?: number[] }) =>
  queryOptions({
    queryKey: ['telemetry', 'tags', filter],
    queryFn: () => answer(api.GET('/api/v1/telemetry/tags', { params: { query: { ...filter, limit: 50 } } })),
    placeholderData: keepPreviousData,
  })

/** A window that ends now is asked for anew every 5 s; the server says the end that it used. */
export const seriesQuery = (ids: number[], search: TrendSearch) => {
  const live = !search.from
  return queryOptions({
    queryKey: ['telemetry', 'series', ids, search.window ?? usual, search.from, search.until],
    queryFn: () => {
      const { from, until } = spanOf(search, Date.now())
      return answer(
        api.GET('/api/v1/telemetry/series', {
          params: {
            query: { tag: ids, from: new Date(from).toISOString(), until: new Date(until).toISOString(), points },
          },
        }),
      )
    },
    enabled: ids.length > 0,
    refetchInterval: live ? liveEvery : false,
    placeholderData: keepPreviousData,
  })
}

export const exportAddress = (form: 'csv' | 'parquet', ids: number[], { from, until }: Span) =>
  address(`/telemetry/export.${form}`, {
    tag: ids.join(','),
    from: new Date(from).toISOString(),
    until: new Date(until).toISOString(),
  })

/** The longest stretch of one export, in ms. */
export const longestExport = 31 * 24 * 60 * minute

export const nameOf = (tag: Tag) => `${tag.device} ${tag.name}`
export const withUnit = (tag: Tag) => (tag.unit ? `${nameOf(tag)} (${tag.unit})` : nameOf(tag))
