import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'

export type Station = Schemas['StationView']
export type Product = Schemas['Product']
export type Characteristic = Schemas['Characteristic']
export type Step = Schemas['Step']
export type StepKind = Step['kind']
export type Operation = Schemas['Operation']
export type Routing = Schemas['Routing']

/** One value as a device last said it; the edge reports them as a list of its own. */
export interface LiveValue {
  name: string
  value: string | number | boolean
  unit?: string
  quality?: string
  at?: string
}

export type Device = Schemas['DeviceView']

/** The live values of a device. What is no list of named values is nothing to show. */
export function liveOf(device: Device): LiveValue[] {
  const live: unknown = device.live
  if (!Array.isArray(live)) return []
  return (live as Partial<LiveValue>[]).filter(
    (value): value is LiveValue => typeof value?.name === 'string' && value.value !== undefined && value.value !== null,
  )
}

/** What exists before the first order; it changes rarely. */
export const plantQuery = queryOptions({
  queryKey: ['plant'],
  queryFn: () => answer(api.GET('/api/v1/plant')),
  staleTime: 300_000,
})

export const productsQuery = queryOptions({
  queryKey: ['products'],
  queryFn: () => answer(api.GET('/api/v1/products')).then((page) => page.items ?? []),
  staleTime: 300_000,
})

/** A revision never changes, so it is fetched once. */
export const routingQuery = (product: string, revision: string | undefined) =>
  queryOptions({
    queryKey: ['routings', product, revision],
    queryFn: () =>
      answer(
        api.GET('/api/v1/routings/{product}/{revision}', { params: { path: { product, revision: revision ?? '' } } }),
      ).then((view) => view.routing),
    enabled: Boolean(revision),
    staleTime: Infinity,
  })
