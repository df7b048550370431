import { queryOptions, useQuery } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { answer, api, type Schemas } from '../api/http'

export type Me = Schemas['Me']
export type Role = NonNullable<Me['roles']>[number]
/** What the server allows an account; the screen hides what is not allowed, the server decides. */
export type Right = NonNullable<Me['rights']>[number]

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => answer(api.GET('/api/v1/me')),
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
export const can = (me: Me, ...rights: Right[]) => rights.some((right) => me.rights?.includes(right))

/** Where a person starts: an operator at the stations, all others at the orders. */
export const homeOf = (me: Me) =>
  me.station ? `/stations/${me.station}` : (me.roles ?? []).every((r) => r === 'operator') ? '/stations' : '/orders'
