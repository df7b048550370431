import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import type { ListSearch } from '../list/page'
import type { vocabulary } from '../status/vocabulary'

export type Nonconformance = Schemas['Nonconformance']
export type NCState = Nonconformance['state']
export type Source = Nonconformance['source']
export type Severity = keyof typeof vocabulary.severity
export type NCLot = Schemas['NCLot']
export type Disposition = Schemas['Disposition']
export type DispositionKind = Disposition['kind']
export type Proposal = Schemas['Proposal']
export type DefectCode = Schemas['DefectCode']
export type Rework = Schemas['ReworkInForce']

export const path = '/nonconformances'
export const ncPath = (id: string) => `${path}/${encodeURIComponent(id)}`

export const sources: Source[] = ['verdict', 'spc', 'operator', 'incoming', 'customer', 'inspection', 'audit']
export const severities: Severity[] = ['critical', 'high', 'medium', 'low']
export const dispositionKinds: DispositionKind[] = ['use_as_is', 'rework', 'repair', 'scrap', 'return', 'sort']

/** What each tab asks for; the first is where one starts. */
export const tabs = {
  open: ['open', 'in_review'],
  in_review: ['in_review'],
  dispositioned: ['dispositioned'],
  closed: ['closed'],
  cancelled: ['cancelled'],
  all: [],
} satisfies Record<string, NCState[]>

export type Tab = keyof typeof tabs

export const tabOf = (search: ListSearch): Tab =>
  search.state && search.state in tabs ? (search.state as Tab) : search.q ? 'all' : 'open'

/** The list's filter by source stands where other lists have their product. */
export const sourceOf = (search: ListSearch): Source | undefined => sources.find((s) => s === search.product)

export const listQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['nonconformances', ['list', search.q, sourceOf(search), search.sort, tabOf(search), search.cursor]],
    queryFn: () =>
      answer(
        api.GET('/api/v1/nonconformances', {
          params: {
            query: {
              q: search.q,
              source: sourceOf(search),
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

export const oneQuery = (id: string) =>
  queryOptions({
    queryKey: ['nonconformances', id],
    queryFn: () => answer(api.GET('/api/v1/nonconformances/{id}', { params: { path: { id } } })),
  })

export const ofLotQuery = (lot: string) =>
  queryOptions({
    queryKey: ['nonconformances', ['lot', lot]],
    queryFn: () =>
      answer(api.GET('/api/v1/nonconformances', { params: { query: { lot, limit: 100 } } })).then(
        (page) => page.items ?? [],
      ),
  })

export const reworksQuery = (product: string, code: string) =>
  queryOptions({
    queryKey: ['documents', ['reworks', product, code]],
    queryFn: () =>
      answer(api.GET('/api/v1/rework-routings', { params: { query: { product, code } } })).then(
        (page) => page.items ?? [],
      ),
    enabled: product !== '',
  })

export const codesQuery = queryOptions({
  queryKey: ['defect-codes'],
  queryFn: () => answer(api.GET('/api/v1/defect-codes')).then((page) => page.items ?? []),
  staleTime: 5 * 60_000,
})

/** A code with how deep it stands, in the order in which the tree is read. */
export interface Branch extends DefectCode {
  depth: number
  /** It and all above it are in use. */
  usable: boolean
}

/** The tree as rows: the server names parents before their children. */
export function branches(codes: DefectCode[]): Branch[] {
  const known = new Map<string, Branch>()
  return codes.map((code) => {
    const parent = known.get(code.parent ?? '')
    const branch = { ...code, depth: parent ? parent.depth + 1 : 0, usable: code.active && (parent?.usable ?? true) }
    known.set(code.code, branch)
    return branch
  })
}

/** What stands right under a code; under nothing, the tops of the tree. */
export const under = (tree: Branch[], parent: string) => tree.filter((c) => (c.parent ?? '') === parent && c.usable)

/** Codes for a select, indented by their depth. */
export const codeOptions = (codes: DefectCode[]) =>
  branches(codes)
    .filter((c) => c.usable)
    .map((c) => ({ value: c.code, label: `${'\u2003'.repeat(c.depth)}${c.code}, ${c.name}` }))

/** Which dispositions a lot's state leaves; the server has the last word. */
export function kindsFor(lot: NCLot): DispositionKind[] {
  const made = lot.origin === 'produced'
  if (lot.state === 'consumed') return ['use_as_is']
  if (lot.state === 'shipped') return ['use_as_is', 'scrap']
  return dispositionKinds.filter((kind) =>
    kind === 'rework' || kind === 'repair' ? made : kind === 'return' ? !made : true,
  )
}
