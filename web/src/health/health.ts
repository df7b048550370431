import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'

export type Part = Schemas['Part']

export const healthQuery = queryOptions({
  queryKey: ['health', 'system'],
  queryFn: () => answer(api.GET('/api/v1/health/system')),
  refetchInterval: 10_000,
})

/** The vocabulary's word for a part's state. */
export const wordOf = (state: Part['state']) => (state === 'warn' ? 'degraded' : state)
