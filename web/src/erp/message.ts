import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { read } from '../api/http'
import type { ListSearch, Page } from '../list/page'

export interface Message {
  id: number
  destination: string
  kind: string
  /** The receiver's idempotency key. */
  key: string
  subject: string
  payload: unknown
  state: 'pending' | 'delivered' | 'dead'
  attempts: number
  next_attempt?: string
  last_error?: string
  answer?: string
  created_at: string
  delivered_at?: string
}

/** What the demonstration ERP says that it has received. */
export interface Received {
  key: string
  kind: string
  subject: string
  received_at: string
  signature_ok?: boolean
  payload: unknown
}

export const path = '/erp/outbox'

export const tabs = { all: undefined, pending: 'pending', dead: 'dead', delivered: 'delivered' } as const
export type Tab = keyof typeof tabs
export const tabOf = (search: ListSearch): Tab => (search.state && search.state in tabs ? (search.state as Tab) : 'all')

export const filterOf = (search: ListSearch) => ({ q: search.q, state: tabs[tabOf(search)] })

export const outboxQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['erp', 'outbox', filterOf(search), search.cursor],
    queryFn: () => read<Page<Message>>(path, { ...filterOf(search), cursor: search.cursor, limit: 50 }),
    placeholderData: keepPreviousData,
  })

export const messagesOf = (subject: string) =>
  queryOptions({
    queryKey: ['erp', 'of', subject],
    queryFn: () => read<Page<Message>>(path, { q: subject, limit: 500 }),
  })

export const inboxQuery = queryOptions({
  queryKey: ['erp', 'inbox'],
  queryFn: () => read<Page<Received>>('/erp/inbox', { limit: 200 }),
  retry: false,
})
