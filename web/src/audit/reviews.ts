import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import type { ListSearch } from '../list/page'

export type Review = Schemas['AuditReviewView']
export type Summary = Schemas['AuditSummary']

export const path = '/audit/reviews'

export const reviewsQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['audit', 'reviews', search.q, search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/audit/reviews', { params: { query: { q: search.q, cursor: search.cursor, limit: 50 } } }),
      ),
    placeholderData: keepPreviousData,
  })

export const reviewQuery = (id: string) =>
  queryOptions({
    queryKey: ['audit', 'review', id],
    queryFn: () => answer(api.GET('/api/v1/audit/reviews/{id}', { params: { path: { id } } })),
  })

export const dueQuery = queryOptions({
  queryKey: ['audit', 'due'],
  queryFn: () => answer(api.GET('/api/v1/audit/reviews/due')),
})

/** What a period holds, for whoever is about to review it. */
export const summaryQuery = (from: string, to: string) =>
  queryOptions({
    queryKey: ['audit', 'summary', from, to],
    queryFn: () => answer(api.GET('/api/v1/audit/summary', { params: { query: { from, to } } })),
    enabled: from !== '' && to !== '' && from < to,
    placeholderData: keepPreviousData,
  })
