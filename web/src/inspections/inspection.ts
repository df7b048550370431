import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import type { ListSearch } from '../list/page'

export type Inspection = Schemas['Inspection']
export type View = Schemas['InspectionView']
export type Entry = Schemas['InspectionEntry']
export type Plan = Schemas['InspectionPlan']
export type Characteristic = Schemas['PlanCharacteristic']
export type Scheme = Schemas['SchemeView']
export type SchemeEvent = Schemas['SchemeEvent']

export const path = '/inspections'
export const schemesPath = '/inspection-schemes'

/** What each tab asks for; the first is where one starts. */
export const tabs = {
  due: ['due'],
  running: ['running'],
  decided: ['accepted', 'not_accepted', 'cancelled'],
  all: [],
} satisfies Record<string, Inspection['state'][]>

export type Tab = keyof typeof tabs

export const tabOf = (search: ListSearch): Tab => (search.state && search.state in tabs ? (search.state as Tab) : 'due')

/** The filter as files and counts read it. */
export const filterOf = (search: ListSearch): Record<string, string | undefined> => ({
  q: search.q,
  sort: search.sort,
  state: tabs[tabOf(search)].join(',') || undefined,
})

export const inspectionsQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['inspections', ['list', filterOf(search), search.cursor]],
    queryFn: () =>
      answer(
        api.GET('/api/v1/inspections', {
          params: {
            query: {
              q: search.q,
              sort: search.sort,
              state: tabs[tabOf(search)],
              cursor: search.cursor,
              limit: 50,
            },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  })

export const inspectionQuery = (id: string) =>
  queryOptions({
    queryKey: ['inspections', id],
    queryFn: () => answer(api.GET('/api/v1/inspections/{inspection}', { params: { path: { inspection: id } } })),
  })

export const schemesQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['inspections', ['schemes', search.q, search.cursor]],
    queryFn: () =>
      answer(
        api.GET('/api/v1/inspection-schemes', { params: { query: { q: search.q, cursor: search.cursor, limit: 50 } } }),
      ),
    placeholderData: keepPreviousData,
  })

export const schemeHistoryQuery = (plan: string, supplier: string) =>
  queryOptions({
    queryKey: ['inspections', ['scheme', plan, supplier]],
    queryFn: () =>
      answer(
        api.GET('/api/v1/inspection-schemes/{plan}', {
          params: { path: { plan }, query: { supplier: supplier || undefined } },
        }),
      ),
  })

/** One field of the sample: a piece and what is looked at on it. */
export interface Slot {
  piece: number
  characteristic: Characteristic
}

/** The sample in the order in which it is gone through: piece by piece, as the plan lists its characteristics. */
export function slotsOf(view: View): Slot[] {
  const out: Slot[] = []
  for (let piece = 1; piece <= view.sample.size; piece++)
    for (const characteristic of view.content.characteristics ?? [])
      if (!characteristic.samples || piece <= characteristic.samples) out.push({ piece, characteristic })
  return out
}

export const slotKey = (piece: number, characteristic: string) => `${piece}/${characteristic}`

/** What counts of each field: the newest entry. */
export function latestOf(view: View): Map<string, Entry> {
  const out = new Map<string, Entry>()
  for (const entry of view.entries ?? []) out.set(slotKey(entry.piece, entry.characteristic), entry)
  return out
}

/** The first field without an entry, from a place on and then from the beginning. */
export function nextSlot(slots: Slot[], known: Map<string, Entry>, after = -1): Slot | undefined {
  const open = (slot: Slot) => !known.has(slotKey(slot.piece, slot.characteristic.id))
  return slots.slice(after + 1).find(open) ?? slots.find(open)
}
