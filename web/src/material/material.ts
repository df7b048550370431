import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { read } from '../api/http'
import type { ListSearch, Page } from '../list/page'
import { isHeld, type Lot } from '../lots/lot'

export const path = '/material-lots'

export const tabs = { available: 'available', consumed: 'consumed', all: undefined } as const
export type Tab = keyof typeof tabs
export const tabOf = (search: ListSearch): Tab =>
  search.state && search.state in tabs ? (search.state as Tab) : search.q ? 'all' : 'available'

export const filterOf = (search: ListSearch) => ({
  q: search.q,
  material: search.product,
  state: tabs[tabOf(search)],
  sort: search.sort,
})

export const materialQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['material', 'list', filterOf(search), search.cursor],
    queryFn: () => read<Page<Lot>>(path, { ...filterOf(search), cursor: search.cursor, limit: 50 }),
    placeholderData: keepPreviousData,
  })

/** What a material lot is for those who want to use it: held before expired before its own state. */
export function usableState(lot: Lot, now: number): string {
  if (isHeld(lot)) return 'held'
  if (lot.state === 'available' && lot.expires_at && new Date(lot.expires_at).getTime() <= now) return 'expired'
  return lot.state
}

/** The columns that the CSV import reads, as its first line. */
export const csvHead = 'lot,material,quantity,supplier,supplier_lot,expires_at'
