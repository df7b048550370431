import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import type { ListSearch } from '../list/page'

export type Permit = Schemas['Permit']
export type PermitState = Permit['state']

export const path = '/permits'

/** What each tab asks for; the first is where one starts. */
export const tabs = {
  usable: { usable: true },
  requested: { state: 'requested' },
  expired: { state: 'expired' },
  used_up: { state: 'used_up' },
  all: {},
} satisfies Record<string, { state?: PermitState; usable?: boolean }>

export type Tab = keyof typeof tabs

export const tabOf = (search: ListSearch): Tab =>
  search.state && search.state in tabs ? (search.state as Tab) : search.q || search.sel ? 'all' : 'usable'

const asked = (tab: Tab): { state?: PermitState; usable?: boolean } => tabs[tab]

export const textFilter = (tab: Tab) => ({
  state: asked(tab).state,
  usable: asked(tab).usable ? 'true' : undefined,
})

export const permitsQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['permits', ['list', search.q, search.sort, tabOf(search), search.cursor]],
    queryFn: () =>
      answer(
        api.GET('/api/v1/permits', {
          params: {
            query: { q: search.q, sort: search.sort, ...asked(tabOf(search)), cursor: search.cursor, limit: 50 },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  })

export const permitQuery = (id: string) =>
  queryOptions({
    queryKey: ['permits', id],
    queryFn: () => answer(api.GET('/api/v1/permits/{id}', { params: { path: { id } } })),
  })

/** Those that allow something for a product now. */
export const usablePermitsQuery = (product: string) =>
  queryOptions({
    queryKey: ['permits', ['usable', product]],
    queryFn: () =>
      answer(api.GET('/api/v1/permits', { params: { query: { product, usable: true, limit: 100 } } })).then(
        (page) => page.items ?? [],
      ),
    enabled: product !== '',
  })
