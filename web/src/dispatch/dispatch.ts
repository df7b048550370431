import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'

export type LineDispatch = Schemas['LineDispatch']
export type StationQueue = Schemas['StationQueue']
export type Job = Schemas['LotCard']
export type Reason = Schemas['DispatchReason']
export type Setting = Schemas['DispatchSetting']
export type LogLine = Schemas['DispatchLogRow']

export const rules = ['priority', 'critical_ratio', 'fifo', 'setup'] as const
export const states = ['ready', 'waits', 'barred'] as const

/** What the address holds: the line, a station of it, and which jobs. */
export interface DispatchSearch {
  line?: string
  station?: string
  state?: string
  q?: string
}

export function readDispatchSearch(search: Record<string, unknown>): DispatchSearch {
  const out: DispatchSearch = {}
  for (const key of ['line', 'station', 'state', 'q'] as const) {
    const value = search[key]
    // The router reads a bare number as one.
    const text = typeof value === 'number' ? String(value) : value
    if (typeof text === 'string' && text !== '') out[key] = text
  }
  if (out.state && !(states as readonly string[]).includes(out.state)) delete out.state
  return out
}

/** The address of a job's place in a station's queue. */
export const jobPath = (station: string, lot: string) =>
  `/stations/${encodeURIComponent(station)}/queue/${encodeURIComponent(lot)}`

export const lineQuery = (line: string | undefined) =>
  queryOptions({
    queryKey: ['dispatch', line],
    queryFn: () => answer(api.GET('/api/v1/lines/{line}/dispatch', { params: { path: { line: line ?? '' } } })),
    enabled: Boolean(line),
    placeholderData: keepPreviousData,
  })

export const logQuery = (station: string, cursor?: string) =>
  queryOptions({
    queryKey: ['dispatch', 'log', station, cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/stations/{station}/dispatch-log', {
          params: { path: { station }, query: { cursor, limit: 50 } },
        }),
      ),
    placeholderData: keepPreviousData,
  })

/** The jobs of a queue that are asked for; places are those in the whole queue. */
export function shown(jobs: Job[], { state, q }: DispatchSearch): Job[] {
  const needle = q?.toLowerCase() ?? ''
  return jobs.filter(
    (job) =>
      (!state || job.dispatch?.state === state) &&
      `${job.lot} ${job.order} ${job.product} ${job.product_name}`.toLowerCase().includes(needle),
  )
}

/** The job that stands before another one by rank: in front of it a step up leads. */
export function oneUp(jobs: Job[], job: Job): Job | undefined {
  const rank = job.dispatch?.rank ?? 0
  return jobs
    .filter((other) => (other.dispatch?.rank ?? 0) < rank)
    .sort((a, b) => (b.dispatch?.rank ?? 0) - (a.dispatch?.rank ?? 0))[0]
}
