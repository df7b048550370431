import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import type { ListSearch } from '../list/page'

export type Hold = Schemas['Containment']
export type HoldView = Schemas['ContainmentView']
export type HeldLot = Schemas['ContainedLot']
export type PlaceCount = Schemas['PlaceCount']
export type Preview = Schemas['Preview']
export type Decision = Schemas['NewHoldDisposition']['decision']
export type Place = HeldLot['place']

export const path = '/holds'
export const holdPath = (id: string) => `${path}/${encodeURIComponent(id)}`

export const tabs = {
  open: ['placed', 'finding', 'contained', 'dispositioned'],
  deciding: ['contained'],
  closed: ['closed'],
  all: undefined,
} as const
export type Tab = keyof typeof tabs
export const tabOf = (search: ListSearch): Tab =>
  search.state && search.state in tabs ? (search.state as Tab) : 'open'

export const stateFilter = (tab: Tab): Record<string, string | undefined> => ({ state: tabs[tab]?.join(',') })

export const holdsQuery = (search: ListSearch) => {
  const states = tabs[tabOf(search)]
  return queryOptions({
    queryKey: ['holds', 'list', tabOf(search), search.q, search.sort, search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/holds', {
          params: {
            query: {
              q: search.q,
              sort: search.sort,
              cursor: search.cursor,
              limit: 50,
              state: states ? [...states] : undefined,
            },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  })
}

export const holdQuery = (id: string) =>
  queryOptions({
    queryKey: ['holds', id],
    queryFn: () => answer(api.GET('/api/v1/holds/{hold}', { params: { path: { hold: id } } })),
  })

export interface LotsFilter {
  q?: string
  place?: Place
  at?: string
  undecided?: boolean
  cursor?: string
}

export const heldLotsQuery = (id: string, filter: LotsFilter) =>
  queryOptions({
    queryKey: ['holds', id, 'lots', filter],
    queryFn: () =>
      answer(api.GET('/api/v1/holds/{hold}/lots', { params: { path: { hold: id }, query: { ...filter, limit: 50 } } })),
    placeholderData: keepPreviousData,
  })

export const holdGraphQuery = (id: string) =>
  queryOptions({
    queryKey: ['holds', id, 'graph'],
    queryFn: () => answer(api.GET('/api/v1/holds/{hold}/graph', { params: { path: { hold: id } } })),
  })

/** One point of a containment's time line. */
export interface Moment {
  name: 'known' | 'guarded' | 'found' | 'contained' | 'decided' | 'closed'
  /** Undefined while it is still to come. */
  at?: string
  /** Milliseconds from when the fact was known; to now for the moment that is waited for. */
  after: number
}

/** The time line: what has happened, and the one that everybody waits for. */
export function momentsOf(hold: Hold, now: number): Moment[] {
  const start = new Date(hold.since).getTime()
  const all: [Moment['name'], string | undefined][] = [
    ['known', hold.since],
    ['guarded', hold.guarded_at],
    ['found', hold.found_at],
    ['contained', hold.contained_at],
    ['decided', hold.decided_at],
    ['closed', hold.closed_at],
  ]
  return all.map(([name, at]) => ({ name, at, after: (at ? new Date(at).getTime() : now) - start }))
}

/** A short span as it is measured: 0.12 s, 48 s, 3 min. */
export function span(ms: number): { value: string; unit: 's' | 'min' | 'h' | 'd' } {
  const s = Math.max(ms, 0) / 1000
  if (s < 10) return { value: s.toFixed(s < 1 ? 2 : 1), unit: 's' }
  if (s < 120) return { value: String(Math.round(s)), unit: 's' }
  if (s < 7200) return { value: String(Math.round(s / 60)), unit: 'min' }
  if (s < 172_800) return { value: String(Math.round(s / 3600)), unit: 'h' }
  return { value: String(Math.round(s / 86_400)), unit: 'd' }
}

/** The decisions that fit every one of the lots, by where they are. */
const fits: Record<Decision, Place[]> = {
  release: ['stock', 'process', 'finished', 'shipped'],
  use_as_is: ['stock', 'process', 'finished', 'shipped'],
  rework: ['process', 'finished'],
  repair: ['process', 'finished'],
  scrap: ['stock', 'process', 'finished', 'shipped'],
  return: ['stock', 'shipped'],
  sort: ['stock', 'finished'],
}

export const decisionsFor = (places: Place[]): Decision[] =>
  (Object.keys(fits) as Decision[]).filter((decision) => places.every((place) => fits[decision].includes(place)))
