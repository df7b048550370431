import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import type { ListSearch } from '../list/page'
import { readListSearch } from '../list/page'
import { readNamed, type Result } from '../vision/vision'

export type Review = Schemas['ReviewItem']
export type Label = Schemas['Label']
export type Agreement = Schemas['Agreement']

export const path = '/reviews'

export interface ReviewSearch extends ListSearch {
  camera?: string
  model?: string
  class?: string
  verdict?: string
}

const named = ['camera', 'model', 'class', 'verdict'] as const

export const readReviewSearch = (search: Record<string, unknown>): ReviewSearch => ({
  ...readListSearch(search),
  ...readNamed(search, named),
})

export const tabs = ['waiting', 'labelled', 'all'] as const
export type Tab = (typeof tabs)[number]
export const tabOf = (search: ReviewSearch): Tab => tabs.find((tab) => tab === search.state) ?? 'waiting'

/** The filter as the server reads it, without the place in the list. */
export const filterOf = (search: ReviewSearch): Record<string, string | undefined> => ({
  q: search.q,
  state: tabOf(search) === 'all' ? undefined : tabOf(search),
  ...readNamed(search as Record<string, unknown>, named),
})

export const queueQuery = (search: ReviewSearch) =>
  queryOptions({
    queryKey: ['reviews', 'list', filterOf(search), search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/reviews', {
          params: {
            query: {
              ...filterOf(search),
              state: tabOf(search) === 'all' ? undefined : (tabOf(search) as 'waiting'),
              verdict: search.verdict as Result | undefined,
              cursor: search.cursor,
              limit: 50,
            },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  })

export const reviewQuery = (id: string) =>
  queryOptions({
    queryKey: ['reviews', 'one', id],
    queryFn: () => answer(api.GET('/api/v1/reviews/{id}', { params: { path: { id } } })),
  })

export const labelsQuery = (id: string) =>
  queryOptions({
    queryKey: ['reviews', 'labels', id],
    queryFn: () => answer(api.GET('/api/v1/reviews/{id}/labels', { params: { path: { id } } })),
  })

export const facetsQuery = queryOptions({
  queryKey: ['reviews', 'facets'],
  queryFn: () => answer(api.GET('/api/v1/reviews/facets')),
})

export interface AgreementSearch {
  camera?: string
  model?: string
  days?: string
}

export const readAgreementSearch = (search: Record<string, unknown>): AgreementSearch =>
  readNamed(search, ['camera', 'model', 'days'] as const)

export const agreementQuery = (search: AgreementSearch) =>
  queryOptions({
    queryKey: ['reviews', 'agreement', search],
    queryFn: () =>
      answer(
        api.GET('/api/v1/vision/agreement', {
          params: { query: { camera: search.camera, model: search.model, days: Number(search.days ?? 7) } },
        }),
      ),
  })

/** A word that goes against a clear verdict needs a reason and a signature. */
export const overrides = (review: Review, label: Result) =>
  review.verdict !== label && review.verdict !== 'undecided' && label !== 'undecided'
