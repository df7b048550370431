import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import { translate, type Key } from '../i18n/i18n'
import { readListSearch, type ListSearch } from '../list/page'
import { can, type Me } from '../session/session'

export type Call = Schemas['Call']
export type CallView = Schemas['CallView']
export type CallState = Call['state']
export type CallTally = Schemas['CallTally']

export const path = '/calls'

/** What the address holds of the list of calls. */
export interface CallSearch extends ListSearch {
  by?: 'station' | 'shift'
}

export function readCallSearch(search: Record<string, unknown>): CallSearch {
  const by = search.by === 'station' || search.by === 'shift' ? search.by : undefined
  return { ...readListSearch(search), ...(by ? { by } : {}) }
}

/** What each tab asks for; the open ones are where one starts. */
export const tabs = {
  open: { open: true },
  ended: { state: ['resolved', 'cancelled'] },
  all: {},
} satisfies Record<string, { open?: boolean; state?: CallState[] }>

export type Tab = keyof typeof tabs | 'times'

export const tabOf = (search: ListSearch): Tab =>
  search.state === 'times' || (search.state && search.state in tabs)
    ? (search.state as Tab)
    : search.q || search.sel
      ? 'all'
      : 'open'

const asked = (tab: Tab): { open?: boolean; state?: CallState[] } => (tab === 'times' ? {} : tabs[tab])

export const textFilter = (tab: Tab) => ({
  open: asked(tab).open ? 'true' : undefined,
  state: asked(tab).state?.join(','),
})

export const callsQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['calls', ['list', search.q, search.sort, tabOf(search), search.cursor]],
    queryFn: () =>
      answer(
        api.GET('/api/v1/calls', {
          params: {
            query: { q: search.q, sort: search.sort, ...asked(tabOf(search)), cursor: search.cursor, limit: 50 },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  })

export const callQuery = (id: string) =>
  queryOptions({
    queryKey: ['calls', id],
    queryFn: () => answer(api.GET('/api/v1/calls/{call}', { params: { path: { call: id } } })),
  })

/** The open calls of a station, for its terminal. */
export const callsHereQuery = (station: string) =>
  queryOptions({
    queryKey: ['calls', 'of', station],
    queryFn: () =>
      answer(api.GET('/api/v1/calls', { params: { query: { station, open: true, limit: 20 } } })).then(
        (page) => page.items ?? [],
      ),
  })

export const timesQuery = (by: 'kind' | 'station' | 'shift') =>
  queryOptions({
    queryKey: ['calls', ['times', by]],
    queryFn: () => answer(api.GET('/api/v1/call-times', { params: { query: { by } } })),
  })

export const planQuery = queryOptions({
  queryKey: ['andon', 'plan'],
  queryFn: () => answer(api.GET('/api/v1/andon/plan')),
  staleTime: 60_000,
})

export const safetyQuery = queryOptions({
  queryKey: ['safety', 'days'],
  queryFn: () => answer(api.GET('/api/v1/safety')),
})

const kinds: Record<string, Key> = {
  maintenance: 'calls.kind.maintenance',
  material: 'calls.kind.material',
  quality: 'calls.kind.quality',
  supervisor: 'calls.kind.supervisor',
  safety: 'calls.kind.safety',
}

/** The word for a kind; the plant's own kinds go by the name that the plan gives them. */
export const kindName = (kind: string, name: string) => {
  const key = kinds[kind]
  return key ? translate(key) : name || kind
}

/** Whether one may say that one comes: whoever is called, or stands above. The server decides in any case. */
export function mayAnswer(me: Me, call: Call): boolean {
  const roles = me.roles ?? []
  const called = [
    call.role,
    ...(call.plan.respond ?? []).map((s) => s.role),
    ...(call.plan.resolve ?? []).map((s) => s.role),
  ]
  return can(me, 'call.answer') && roles.some((r) => called.includes(r) || r === 'supervisor' || r === 'admin')
}

/** How long it took until somebody said that they come, in ms. */
export const responseOf = (call: Call) =>
  call.acknowledged_at ? new Date(call.acknowledged_at).getTime() - new Date(call.open_at).getTime() : undefined

/** How long it lasted, in ms. */
export const lengthOf = (call: Call) =>
  call.state === 'resolved' && call.ended_at
    ? new Date(call.ended_at).getTime() - new Date(call.open_at).getTime()
    : undefined
