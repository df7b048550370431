import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import type { ListSearch } from '../list/page'

export type Rule = Schemas['ReactionRule']
export type Firing = Schemas['FiringRow']

export const path = '/reaction-rules'

export const kinds = ['verdict', 'defect', 'nonconforming', 'spc_alarm', 'inspection', 'complaint', 'safety'] as const
export const groups = ['all', 'lot', 'component', 'code', 'station', 'device', 'product', 'model'] as const
export const acts = ['alert', 'hold', 'nonconforming', 'capa', 'stop', 'maintenance', 'andon'] as const
export const severities = ['critical', 'high', 'medium', 'low'] as const

export type Act = (typeof acts)[number]

/** A hold needs a group that names what is held, a stop needs the station, maintenance the machine. */
const groupsOf: Partial<Record<Act, string[]>> = {
  hold: ['lot', 'component', 'device', 'model'],
  stop: ['station'],
  maintenance: ['station', 'device'],
}
export const fits = (act: Act, group: string) => groupsOf[act]?.includes(group) ?? true

/** The rule's window as the largest whole unit. */
export function windowOf(minutes: number): { count: number; unit: 'min' | 'h' | 'd' } {
  if (minutes % 1440 === 0) return { count: minutes / 1440, unit: 'd' }
  if (minutes % 60 === 0) return { count: minutes / 60, unit: 'h' }
  return { count: minutes, unit: 'min' }
}

export const rulesQuery = queryOptions({
  queryKey: ['reactions', 'rules'],
  queryFn: () => answer(api.GET('/api/v1/reaction-rules')),
})

export const firingsQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['reactions', 'firings', search.sel, search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/reaction-firings', {
          params: { query: { rule: search.sel, cursor: search.cursor, limit: 50 } },
        }),
      ),
    placeholderData: keepPreviousData,
  })
