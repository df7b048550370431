import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api } from '../api/http'
import type { ListSearch } from '../list/page'
import type { LotState } from './lot'

export const path = '/lots'
export const lotPath = (lot: string) => `${path}/${encodeURIComponent(lot)}`

interface Asked {
  state?: LotState[]
  held?: boolean
}

/** What each tab of the list asks for. */
export const tabs = {
  process: { state: ['queued', 'running', 'paused', 'review'] },
  held: { held: true },
  packed: { state: ['packed'] },
  shipped: { state: ['shipped'] },
  scrapped: { state: ['scrapped'] },
  all: {},
} satisfies Record<string, Asked>

export type Tab = keyof typeof tabs

export const tabOf = (search: ListSearch): Tab =>
  search.state && search.state in tabs ? (search.state as Tab) : search.q ? 'all' : 'process'

const asked = (tab: Tab): Asked => tabs[tab]

/** A tab's filter as text, for counts and files. */
export const textFilter = (tab: Tab) => ({
  origin: 'produced',
  state: asked(tab).state?.join(','),
  held: asked(tab).held ? 'true' : undefined,
})

export const fileFilterOf = (search: ListSearch) => ({
  q: search.q,
  product: search.product,
  sort: search.sort,
  ...textFilter(tabOf(search)),
})

export const lotsQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['lots', 'list', fileFilterOf(search), search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/lots', {
          params: {
            query: {
              q: search.q,
              product: search.product,
              sort: search.sort,
              origin: 'produced',
              ...asked(tabOf(search)),
              cursor: search.cursor,
              limit: 50,
            },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  })

export const lotQuery = (lot: string) =>
  queryOptions({
    queryKey: ['lots', lot],
    queryFn: () => answer(api.GET('/api/v1/lots/{lot}', { params: { path: { lot } } })),
  })
