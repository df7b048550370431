import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import type { ListSearch } from '../list/page'

export type Shipment = Schemas['Shipped']

export const path = '/shipments'

export const shipmentsQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['shipments', 'list', search.q, search.sort, search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/shipments', {
          params: { query: { q: search.q, sort: search.sort, cursor: search.cursor, limit: 50 } },
        }),
      ),
    placeholderData: keepPreviousData,
  })

/** The lots that may leave now. */
export const packedQuery = queryOptions({
  queryKey: ['lots', 'packed'],
  queryFn: () =>
    answer(api.GET('/api/v1/lots', { params: { query: { origin: 'produced', state: ['packed'], limit: 500 } } })),
})
