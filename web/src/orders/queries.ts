import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { read } from '../api/http'
import type { ListSearch, Page } from '../list/page'
import type { Lot } from '../lots/lot'
import type { Order } from './order'

export const path = '/work-orders'
export const orderPath = (number: string) => `${path}/${encodeURIComponent(number)}`

/** What each tab asks for; the first is where one starts. */
export const tabs = {
  open: 'created,released,running,held',
  held: 'held',
  running: 'running',
  released: 'released',
  created: 'created',
  done: 'completed,closed,cancelled',
} as const

export type Tab = keyof typeof tabs

export const tabOf = (search: ListSearch): Tab =>
  search.state && search.state in tabs ? (search.state as Tab) : 'open'

export const filterOf = (search: ListSearch) => ({
  q: search.q,
  state: tabs[tabOf(search)],
  product: search.product,
  sort: search.sort ?? (tabOf(search) === 'done' ? '-created_at' : 'due'),
})

export const ordersQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['orders', 'list', filterOf(search), search.cursor],
    queryFn: () => read<Page<Order>>(path, { ...filterOf(search), cursor: search.cursor, limit: 50 }),
    placeholderData: keepPreviousData,
  })

export const orderQuery = (number: string) =>
  queryOptions({ queryKey: ['orders', number], queryFn: () => read<Order>(orderPath(number)) })

export const orderLotsQuery = (number: string, query: Record<string, string | number | undefined> = {}) =>
  queryOptions({
    queryKey: ['lots', 'of', number, query],
    queryFn: () => read<Page<Lot>>(`${orderPath(number)}/lots`, query),
  })
