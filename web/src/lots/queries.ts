import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { read } from '../api/http'
import type { ListSearch, Page } from '../list/page'
import type { Lot } from './lot'

export const path = '/lots'
export const lotPath = (lot: string) => `${path}/${encodeURIComponent(lot)}`

/** What each tab of the list asks for. */
export const tabs = {
  process: { origin: 'produced', state: 'queued,running,paused,review' },
  held: { origin: 'produced', held: 'true' },
  packed: { origin: 'produced', state: 'packed' },
  shipped: { origin: 'produced', state: 'shipped' },
  scrapped: { origin: 'produced', state: 'scrapped' },
  all: { origin: 'produced' },
} as const

export type Tab = keyof typeof tabs

export const tabOf = (search: ListSearch): Tab =>
  search.state && search.state in tabs ? (search.state as Tab) : search.q ? 'all' : 'process'

export const filterOf = (search: ListSearch): Record<string, string | undefined> => ({
  q: search.q,
  product: search.product,
  sort: search.sort,
  ...tabs[tabOf(search)],
})

export const lotsQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['lots', 'list', filterOf(search), search.cursor],
    queryFn: () => read<Page<Lot>>(path, { ...filterOf(search), cursor: search.cursor, limit: 50 }),
    placeholderData: keepPreviousData,
  })

export const lotQuery = (lot: string) =>
  queryOptions({ queryKey: ['lots', lot], queryFn: () => read<Lot>(lotPath(lot)) })
