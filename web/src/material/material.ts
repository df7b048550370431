import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api } from '../api/http'
import type { ListSearch } from '../list/page'
import { isHeld, type Lot, type LotState } from '../lots/lot'

export const path = '/material-lots'

export const tabs = { available: ['available'], consumed: ['consumed'], all: [] } satisfies Record<string, LotState[]>
export type Tab = keyof typeof tabs
export const tabOf = (search: ListSearch): Tab =>
  search.state && search.state in tabs ? (search.state as Tab) : search.q ? 'all' : 'available'

const filterOf = (search: ListSearch) => ({ q: search.q, material: search.product, sort: search.sort })

/** The same as text, for the file of exactly this view. */
export const fileFilterOf = (search: ListSearch) => ({ ...filterOf(search), state: tabs[tabOf(search)].join(',') })

export const materialQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['material', 'list', fileFilterOf(search), search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/material-lots', {
          params: {
            query: {
              ...filterOf(search),
              state: tabOf(search) === 'all' ? undefined : tabs[tabOf(search)],
              cursor: search.cursor,
              limit: 50,
            },
          },
        }),
      ),
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
