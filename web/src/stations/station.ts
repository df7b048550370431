import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'

/** A lot as it stands in a station's queue. */
export type LotCard = Schemas['LotCard']

export const stationsQuery = queryOptions({
  queryKey: ['stations', 'list'],
  queryFn: () => answer(api.GET('/api/v1/stations')).then((page) => page.items ?? []),
})

export const queueQuery = (station: string) =>
  queryOptions({
    queryKey: ['stations', station, 'queue'],
    queryFn: () => answer(api.GET('/api/v1/stations/{station}/queue', { params: { path: { station } } })),
  })
