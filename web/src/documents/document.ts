import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import type { ListSearch } from '../list/page'
import type { Routing } from '../plant/plant'

export type Revision = Schemas['DocumentRevision']
export type Kind = Revision['kind']
export type State = Revision['state']
export type Readers = Schemas['Readers']
export type Difference = Schemas['Difference']
export type ToRead = Schemas['ToRead']

export type InspectionPlan = Schemas['InspectionPlan']

export const kinds: Kind[] = ['routing', 'instruction', 'inspection_rule', 'recipe', 'inspection_plan', 'rework']

/** What a person reads at a step. */
export interface Instruction {
  title: string
  text: string
  pictures?: { id: string; hash: string; caption?: string }[]
  attachment?: { name: string; hash: string }
}

/** What a camera must find. */
export interface InspectionRule {
  title: string
  device?: string
  pixels_per_mm?: string
  /** Share of passed pictures that people look at all the same. */
  review_share?: string
  checks: InspectionCheck[]
}

export interface InspectionCheck {
  id: string
  class: string
  min_confidence: string
  /** Findings under it are noise. */
  ignore_below?: string
  count_min?: number
  count_max?: number
  size_min?: string
  size_max?: string
  unit?: string
  zone?: { x: string; y: string; width: string; height: string }
}

/** A machine's program with its parameters. */
export interface Recipe {
  title: string
  device_type: string
  device?: string
  program: number
  parameters: RecipeParameter[]
}

export interface RecipeParameter {
  id: string
  name: string
  unit?: string
  value: string
  lower?: string
  upper?: string
}

/** How pieces with a defect are made good. */
export interface Rework {
  title: string
  product: string
  return_to: string
  codes?: string[]
  operations: Routing['operations']
}

export type Content = Routing | Instruction | InspectionRule | Recipe | InspectionPlan | Rework

export const path = '/documents'
export const revisionPath = (r: { kind: string; id: string; revision: string }) =>
  `${path}/${r.kind}/${encodeURIComponent(r.id)}/${encodeURIComponent(r.revision)}`

/** What each tab asks for; the first is where one starts. */
export const tabs = {
  effective: ['effective'],
  draft: ['draft'],
  in_review: ['in_review'],
  approved: ['approved'],
  superseded: ['superseded'],
  withdrawn: ['withdrawn'],
  all: [],
} satisfies Record<string, State[]>

export type Tab = keyof typeof tabs

export const tabOf = (search: ListSearch): Tab =>
  search.state && search.state in tabs ? (search.state as Tab) : 'effective'

/** The list's filter by kind stands where other lists have their product. */
export const kindOf = (search: ListSearch): Kind | undefined => kinds.find((kind) => kind === search.product)

/** What a query is of stands in a list of its own: a revision's event touches all of them. */
export const documentsQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['documents', ['list', search.q, kindOf(search), search.sort, tabOf(search), search.cursor]],
    queryFn: () =>
      answer(
        api.GET('/api/v1/documents', {
          params: {
            query: {
              q: search.q,
              kind: kindOf(search),
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

interface Key {
  kind: Kind
  id: string
  revision: string
}

export const revisionQuery = (key: Key) =>
  queryOptions({
    queryKey: ['documents', ['one', key.kind, key.id, key.revision]],
    queryFn: () => answer(api.GET('/api/v1/documents/{kind}/{id}/{revision}', { params: { path: key } })),
  })

/** All revisions of one document, the newest first. */
export const revisionsQuery = (kind: Kind, id: string) =>
  queryOptions({
    queryKey: ['documents', ['of', kind, id]],
    queryFn: () =>
      answer(api.GET('/api/v1/documents', { params: { query: { kind, id, limit: 500 } } })).then((page) =>
        [...page.items].sort(
          (a, b) => b.created_at.localeCompare(a.created_at) || b.revision.localeCompare(a.revision),
        ),
      ),
  })

export const compareQuery = (key: Key, from: string) =>
  queryOptions({
    queryKey: ['documents', ['diff', key.kind, key.id, key.revision, from]],
    queryFn: () =>
      answer(api.GET('/api/v1/documents/{kind}/{id}/{revision}/diff', { params: { path: key, query: { from } } })),
    enabled: from !== '',
  })

export const readersQuery = (key: Key) =>
  queryOptions({
    queryKey: ['documents', ['readers', key.kind, key.id, key.revision]],
    queryFn: () =>
      answer(api.GET('/api/v1/documents/{kind}/{id}/{revision}/readers', { params: { path: key } })).then(
        (page) => page.items,
      ),
  })

export const toReadQuery = queryOptions({
  queryKey: ['documents', ['to-read']],
  queryFn: () => answer(api.GET('/api/v1/documents-to-read')).then((page) => page.items),
})

/** What a lot is made by, with what the reader must read of it. */
export const lotDocumentsQuery = (lot: string) =>
  queryOptions({
    queryKey: ['documents', ['lot', lot]],
    queryFn: () =>
      answer(api.GET('/api/v1/lots/{lot}/documents', { params: { path: { lot } } })).then((page) => page.items),
  })

export const nobody = (readers: Readers) =>
  (readers.roles ?? []).length + (readers.people ?? []).length + (readers.qualified ?? []).length === 0
