import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import type { ListSearch } from '../list/page'

export type Message = Schemas['MessageView']

/** What the demonstration ERP says that it has received. */
export type Received = Schemas['InboxMessage']

export const path = '/erp/outbox'

export const tabs = { all: undefined, pending: 'pending', dead: 'dead', delivered: 'delivered' } as const
export type Tab = keyof typeof tabs
export const tabOf = (search: ListSearch): Tab => (search.state && search.state in tabs ? (search.state as Tab) : 'all')

/** The outbox also holds what workflows and the archive are told; this list is about the ERP. */
export const filterOf = (search: ListSearch) => ({
  q: search.q,
  state: tabs[tabOf(search)],
  destination: 'erp' as const,
})

export const outboxQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['erp', 'outbox', filterOf(search), search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/erp/outbox', { params: { query: { ...filterOf(search), cursor: search.cursor, limit: 50 } } }),
      ),
    placeholderData: keepPreviousData,
  })

export const messagesOf = (order: string) =>
  queryOptions({
    queryKey: ['erp', 'of', order],
    queryFn: () =>
      answer(api.GET('/api/v1/erp/outbox', { params: { query: { order, destination: 'erp', limit: 500 } } })),
  })

export const inboxQuery = queryOptions({
  queryKey: ['erp', 'inbox'],
  queryFn: () => answer(api.GET('/api/v1/erp/inbox')),
  retry: false,
})
