import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import type { ListSearch } from '../list/page'

export type Person = Schemas['PersonView']
export type Detail = Schemas['Person']
export type Assignment = Schemas['Assignment']
export type Token = Schemas['TokenView']
export type Session = Schemas['Session']

export const path = '/people'
export const personPath = (id: string) => `${path}/${encodeURIComponent(id)}`

/** What each tab asks for; the first is where one starts. */
export const tabs = {
  active: { state: 'active', kind: 'person' },
  locked: { state: 'locked', kind: 'person' },
  programs: { state: 'active', kind: 'service' },
  ended: { state: 'ended' },
} as const

export type Tab = keyof typeof tabs

export const tabOf = (search: ListSearch): Tab =>
  search.state && search.state in tabs ? (search.state as Tab) : 'active'

export const filterOf = (search: ListSearch) => ({ q: search.q, sort: search.sort, ...tabs[tabOf(search)] })

export const peopleQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['people', 'list', filterOf(search), search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/people', { params: { query: { ...filterOf(search), cursor: search.cursor, limit: 50 } } }),
      ),
    placeholderData: keepPreviousData,
  })

const of = (account: string) => ({ params: { path: { account } } })

export const personQuery = (id: string) =>
  queryOptions({
    queryKey: ['people', id],
    queryFn: () => answer(api.GET('/api/v1/people/{account}', of(id))),
  })

export const sessionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['people', id, 'sessions'],
    queryFn: () => answer(api.GET('/api/v1/people/{account}/sessions', of(id))),
  })

export const tokensQuery = (id: string) =>
  queryOptions({
    queryKey: ['people', id, 'tokens'],
    queryFn: () => answer(api.GET('/api/v1/people/{account}/tokens', of(id))),
  })

export const mySessionsQuery = queryOptions({
  queryKey: ['people', 'me', 'sessions'],
  queryFn: () => answer(api.GET('/api/v1/me/sessions')),
})

/** Roles that people can have, and those of programs. */
export const rolesOf = {
  person: ['operator', 'supervisor', 'quality', 'maintenance', 'planner', 'auditor', 'admin'],
  service: ['erp', 'vision', 'edge', 'operator', 'supervisor', 'quality', 'maintenance', 'planner', 'auditor', 'admin'],
} as const
