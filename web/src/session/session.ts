import { queryOptions, useQuery } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { read } from '../api/http'

export type Role =
  'operator' | 'supervisor' | 'quality' | 'maintenance' | 'planner' | 'auditor' | 'admin' | 'erp' | 'vision' | 'edge'

/** What the server allows an account; the screen hides what is not allowed, the server decides. */
export type Right =
  | 'plant.read'
  | 'station.read'
  | 'order.read'
  | 'order.create'
  | 'order.release'
  | 'order.hold'
  | 'order.resume'
  | 'order.cancel'
  | 'order.prioritise'
  | 'order.change'
  | 'history.read'
  | 'lot.read'
  | 'lot.scrap'
  | 'lot.report-defect'
  | 'lot.review'
  | 'lot.hold'
  | 'lot.release'
  | 'operation.run'
  | 'step.complete'
  | 'step.retry'
  | 'material.read'
  | 'material.receive'
  | 'shipment.read'
  | 'shipment.create'
  | 'outbox.read'
  | 'outbox.resend'
  | 'inbox.read'
  | 'audit.read'
  | 'health.read'
  | 'engine.use'

export interface Site {
  id: string
  name: string
  time_zone: string
}

export interface Me {
  id: string
  name: string
  roles: Role[]
  site: Site
  station?: string
  rights: string[]
}

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => read<Me>('/me'),
  staleTime: 60_000,
  retry: false,
})

export const SessionContext = createContext<Me | undefined>(undefined)

/** Who is signed in. Only below the gate, where somebody always is. */
export function useMe(): Me {
  const me = useContext(SessionContext)
  if (!me) throw new Error('useMe outside of a signed-in screen')
  return me
}

export const useMeQuery = () => useQuery(meQuery)

/** can tells whether the signed-in account has one of the rights. */
export const can = (me: Me, ...rights: Right[]) => rights.some((right) => me.rights.includes(right))

/** Where a person starts: an operator at the stations, all others at the orders. */
export const homeOf = (me: Me) =>
  me.station ? `/stations/${me.station}` : me.roles.every((r) => r === 'operator') ? '/stations' : '/orders'
