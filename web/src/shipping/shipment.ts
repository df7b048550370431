import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { read } from '../api/http'
import type { ListSearch, Page } from '../list/page'

export interface Shipment {
  delivery_note: string
  customer: string
  lots: string[] | null
  shipped_at: string
}

export const path = '/shipments'

export const shipmentsQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['shipments', 'list', search.q, search.cursor],
    queryFn: () => read<Page<Shipment>>(path, { q: search.q, cursor: search.cursor, limit: 50 }),
    placeholderData: keepPreviousData,
  })
