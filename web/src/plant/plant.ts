import { queryOptions } from '@tanstack/react-query'
import { read } from '../api/http'

export interface Equipment {
  id: string
  name: string
  parent?: string
  time_zone?: string
}

export interface Station {
  id: string
  name: string
  line: string
  capacity: number
  state: 'running' | 'waiting' | 'stopped' | 'idle' | 'down'
  reason?: string
  since?: string
  /** Lots in work, and lots in its queue. */
  running: number
  waiting: number
}

export interface LiveValue {
  name: string
  value: string | number | boolean
  unit?: string
  quality?: string
  at?: string
}

export interface Device {
  id: string
  station: string
  driver: string
  name: string
  state: 'connected' | 'connecting' | 'down' | 'unknown'
  since?: string
  error?: string
  live: LiveValue[] | null
  reported_at?: string
}

export interface Plant {
  site: Equipment
  areas: Equipment[]
  lines: Equipment[]
  stations: Station[]
  devices: Device[]
  time_zone: string
}

/** A material that the plant makes or uses. */
export interface Product {
  id: string
  name: string
  unit: string
  tracking: 'serial' | 'lot'
  gtin?: string
  expires?: boolean
  /** The approved routing revision; none when it can't be ordered. */
  revision?: string
}

export interface Characteristic {
  id: string
  name: string
  unit?: string
  target?: string
  lower?: string
  upper?: string
}

export type StepKind = 'confirm' | 'scan' | 'measure' | 'device' | 'vision' | 'label'

export interface Step {
  id: string
  kind: StepKind
  name: string
  instruction?: string
  /** Hash of a stored picture. */
  picture?: string
  component?: { material: string; quantity: string; name?: string }
  characteristics?: Characteristic[]
  sample?: number
  device?: string
  program?: number
  by_hand?: boolean
  min_confidence?: string
  timeout_s?: number
}

export interface Operation {
  id: string
  name: string
  stations: string[]
  planned_s?: number
  qualification?: { id: string; level: number }
  steps: Step[]
}

export interface Routing {
  product: string
  revision: string
  lot_size: string
  operations: Operation[]
}

/** What exists before the first order; it changes rarely. */
export const plantQuery = queryOptions({
  queryKey: ['plant'],
  queryFn: () => read<Plant>('/plant'),
  staleTime: 300_000,
})

export const productsQuery = queryOptions({
  queryKey: ['products'],
  queryFn: () =>
    read<{ items: Product[] } | Product[]>('/products').then((body) => (Array.isArray(body) ? body : body.items)),
  staleTime: 300_000,
})

/** A revision never changes, so it is fetched once. */
export const routingQuery = (product: string, revision: string | undefined) =>
  queryOptions({
    queryKey: ['routings', product, revision],
    queryFn: () =>
      read<{ routing: Routing }>(`/routings/${encodeURIComponent(product)}/${encodeURIComponent(revision ?? '')}`).then(
        (view) => view.routing,
      ),
    enabled: Boolean(revision),
    staleTime: Infinity,
  })
