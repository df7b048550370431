import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api } from '../api/http'
import type { ListSearch } from '../list/page'
import type { OrderState } from './order'

export const path = '/work-orders'
export const orderPath = (number: string) => `${path}/${encodeURIComponent(number)}`

/** What each tab asks for; the first is where one starts. */
export const tabs = {
  open: ['created', 'released', 'running', 'held'],
  held: ['held'],
  running: ['running'],
  released: ['released'],
  created: ['created'],
  done: ['completed', 'closed', 'cancelled'],
} satisfies Record<string, OrderState[]>

export type Tab = keyof typeof tabs

export const tabOf = (search: ListSearch): Tab =>
  search.state && search.state in tabs ? (search.state as Tab) : 'open'

export const filterOf = (search: ListSearch) => ({
  q: search.q,
  product: search.product,
  sort: search.sort ?? (tabOf(search) === 'done' ? '-created_at' : 'due'),
})

/** The same as text, for the file of exactly this view. */
export const fileFilterOf = (search: ListSearch) => ({ ...filterOf(search), state: tabs[tabOf(search)].join(',') })

export const ordersQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['orders', 'list', filterOf(search), tabOf(search), search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/work-orders', {
          params: { query: { ...filterOf(search), state: tabs[tabOf(search)], cursor: search.cursor, limit: 50 } },
        }),
      ),
    placeholderData: keepPreviousData,
  })

export const orderQuery = (number: string) =>
  queryOptions({
    queryKey: ['orders', number],
    queryFn: () => answer(api.GET('/api/v1/work-orders/{number}', { params: { path: { number } } })),
  })

/** The lots of an order that are on their way now. */
export const inProcessQuery = (number: string, limit: number) =>
  queryOptions({
    queryKey: ['lots', 'of', number, limit],
    queryFn: () =>
      answer(
        api.GET('/api/v1/work-orders/{number}/lots', {
          params: { path: { number }, query: { state: ['queued', 'running', 'paused', 'review'], limit } },
        }),
      ),
  })
