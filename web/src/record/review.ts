import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import type { ListSearch } from '../list/page'
import type { RecordState } from './historyRecord'

export type Review = Schemas['RecordReview']

export const path = '/record-releases'

/** What each tab of the list asks for. */
export const tabs = {
  open: ['open'],
  released: ['released'],
  rejected: ['rejected'],
  all: undefined,
} satisfies Record<string, RecordState[] | undefined>

export type Tab = keyof typeof tabs

export const tabOf = (search: ListSearch): Tab =>
  search.state && search.state in tabs ? (search.state as Tab) : search.q ? 'all' : 'open'

export const filterOf = (search: ListSearch) => ({
  q: search.q,
  sort: search.sort,
  state: tabs[tabOf(search)]?.join(','),
})

export const reviewsQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['records', filterOf(search), search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/record-releases', {
          params: {
            query: {
              q: search.q,
              sort: search.sort,
              state: tabs[tabOf(search)],
              cursor: search.cursor,
              limit: 50,
            },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  })
