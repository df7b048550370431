import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import type { ListSearch } from '../list/page'

export type Recall = Schemas['Recall']
export type RecallReport = Schemas['RecallReport']
export type RecalledLot = Schemas['RecalledLot']
export type RecallSum = Schemas['RecallSum']

export const path = '/recalls'

export const filterOf = (search: ListSearch) => ({ q: search.q })

export const recallsQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['recalls', filterOf(search), search.cursor],
    queryFn: () =>
      answer(api.GET('/api/v1/recalls', { params: { query: { q: search.q, cursor: search.cursor, limit: 50 } } })),
    placeholderData: keepPreviousData,
  })

export const recallQuery = (id: string) =>
  queryOptions({
    queryKey: ['recalls', id],
    queryFn: () => answer(api.GET('/api/v1/recalls/{id}', { params: { path: { id } } })),
  })

/** What became of the pieces, in the order of the sheet. */
export const shares = [
  'made',
  'stock',
  'work',
  'shipped',
  'used',
  'split_off',
  'scrapped',
  'returned',
  'missing',
] as const
