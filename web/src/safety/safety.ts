import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import type { ListSearch } from '../list/page'

export type Safety = Schemas['SafetyEvent']
export type Stop = Schemas['StationStop']

export const path = '/safety-events'

export const openOf = (search: ListSearch) => search.state !== 'all'

export const safetyQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['safety', 'list', search.state, search.q, search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/safety-events', {
          params: { query: { open: openOf(search), q: search.q, cursor: search.cursor, limit: 50 } },
        }),
      ),
    placeholderData: keepPreviousData,
  })

/** Stations that are stopped now. */
export const stopsQuery = queryOptions({
  queryKey: ['stations', 'stops'],
  queryFn: () =>
    answer(api.GET('/api/v1/station-stops', { params: { query: { open: true, limit: 100 } } })).then(
      (page) => page.items ?? [],
    ),
})
