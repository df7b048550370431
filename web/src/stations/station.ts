import { queryOptions } from '@tanstack/react-query'
import { read } from '../api/http'
import type { LotState, Wait } from '../lots/lot'
import type { Station } from '../plant/plant'

/** A lot as it stands in a station's queue. */
export interface LotCard {
  lot: string
  order: string
  product: string
  product_name: string
  operation: string
  operation_name: string
  visit: number
  step?: string
  quantity: string
  priority: number
  due: string
  state: LotState
  station: string
  operator?: string
  wait?: Wait
  held: boolean
  /** Why it can't go on now, in the operator's words. */
  why?: string
}

export interface Queue {
  station: string
  name: string
  now: LotCard[] | null
  next: LotCard[] | null
}

export const stationPath = (station: string) => `/stations/${encodeURIComponent(station)}`

export const stationsQuery = queryOptions({
  queryKey: ['stations', 'list'],
  queryFn: () =>
    read<{ items: Station[] | null } | Station[]>('/stations').then((b) => (Array.isArray(b) ? b : (b.items ?? []))),
})

export const queueQuery = (station: string) =>
  queryOptions({
    queryKey: ['stations', station, 'queue'],
    queryFn: () => read<Queue>(`${stationPath(station)}/queue`),
  })
