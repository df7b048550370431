import { queryOptions, keepPreviousData } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import type { ListSearch } from '../list/page'

/** One thing that a model found; x and y are the centre of its box, in pixels of the picture. */
export type Prediction = Schemas['Prediction']
export type Verdict = Schemas['VisionView']
export type Judgement = Schemas['Judgement']
export type CheckResult = Schemas['CheckResult']
export type NamedZone = Schemas['NamedZone']
export type Result = Verdict['verdict']

/** A verdict in the words of the one table of states. */
export const wordOf = (result: Result | '' | undefined) =>
  ({ pass: 'pass', fail: 'fail', undecided: 'review', silent: 'none' })[result || 'silent']

export const path = '/vision/results'

export interface VisionSearch extends ListSearch {
  camera?: string
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** Reads filters that lists of pictures have beyond those of all lists. */
export function readNamed<T extends string>(search: Record<string, unknown>, names: readonly T[]) {
  const out: Partial<Record<T, string>> = {}
  for (const name of names) if (text(search[name])) out[name] = text(search[name])
  return out
}

export const verdictsQuery = (search: VisionSearch) =>
  queryOptions({
    queryKey: ['vision', 'list', search.camera, search.q, search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/vision/results', {
          params: { query: { camera: search.camera, lot: search.q, cursor: search.cursor, limit: 50 } },
        }),
      ),
    placeholderData: keepPreviousData,
  })

/** Which box of the list fits a check for sure, which perhaps; the others are none of its business. */
export function rolesOf(judged: Judgement | undefined): Map<number, 'counted' | 'doubted'> {
  const out = new Map<number, 'counted' | 'doubted'>()
  for (const check of judged?.checks ?? []) {
    for (const n of check.doubted ?? []) if (!out.has(n)) out.set(n, 'doubted')
    for (const n of check.counted ?? []) out.set(n, 'counted')
  }
  return out
}

/** The predictions that make a check fail: what was found where none, or fewer, may be. */
export function guiltyOf(judged: Judgement | undefined): Set<number> {
  const out = new Set<number>()
  for (const check of judged?.checks ?? [])
    if (check.result === 'fail') (check.counted ?? []).forEach((n) => out.add(n))
  return out
}
