import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import { readListSearch, type ListSearch } from '../list/page'

export type Certificate = Schemas['Certificate']
export type Skill = Schemas['Skill']
export type Matrix = Schemas['Matrix']
export type MatrixRow = Schemas['MatrixRow']
export type MatrixCell = Schemas['MatrixCell']

export const path = '/certificates'

export const tabs = ['matrix', 'ending', 'certificates', 'skills'] as const
export type Tab = (typeof tabs)[number]

export interface QualificationSearch extends ListSearch {
  station?: string
  days?: string
  account?: string
  history?: string
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

export function readQualificationSearch(search: Record<string, unknown>): QualificationSearch {
  const out: QualificationSearch = {
    ...readListSearch(search),
    station: text(search.station),
    days: spans.includes(String(search.days)) ? String(search.days) : undefined,
    account: text(search.account),
    history: search.history === 'true' ? 'true' : undefined,
  }
  for (const key of Object.keys(out) as (keyof QualificationSearch)[]) if (out[key] === undefined) delete out[key]
  return out
}

export const tabOf = (search: QualificationSearch): Tab => tabs.find((tab) => tab === search.state) ?? 'matrix'

/** How far ahead "ending soon" looks, in days. */
export const spans = ['30', '60', '90']

/** The filter of the list of certificates, as the server and the CSV file read it. */
export const filterOf = (search: QualificationSearch): Record<string, string | undefined> => ({
  q: search.q,
  account: search.account,
  sort: search.sort,
  ...(tabOf(search) === 'ending' ? { days: search.days ?? '30' } : { history: search.history }),
})

export const certificatesQuery = (search: QualificationSearch) => {
  const { q, account, sort, days, history } = filterOf(search)
  return queryOptions({
    queryKey: ['qualifications', 'certificates', filterOf(search), search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/certificates', {
          params: {
            query: {
              q,
              account,
              sort,
              days: days ? Number(days) : undefined,
              history: history === 'true' || undefined,
              cursor: search.cursor,
              limit: 50,
            },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  })
}

export const matrixQuery = (station?: string) =>
  queryOptions({
    queryKey: ['qualifications', 'matrix', station],
    queryFn: () => answer(api.GET('/api/v1/qualifications', { params: { query: { station } } })),
    placeholderData: keepPreviousData,
  })

export const skillsQuery = queryOptions({
  queryKey: ['qualifications', 'skills'],
  queryFn: () => answer(api.GET('/api/v1/skills')),
})

/** The best cell of a person in a skill: what is valid before what has ended, then the higher level. */
export function best(row: MatrixRow, skill: string): MatrixCell | undefined {
  const rank = (cell: MatrixCell) => (cell.state === 'ended' ? 0 : 100) + cell.level
  return (row.held ?? [])
    .filter((cell) => cell.skill === skill)
    .sort((a, b) => rank(b) - rank(a))
    .at(0)
}

/** Reads a chosen file as the base64 that the server takes. */
export async function base64Of(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let binary = ''
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000))
  return btoa(binary)
}
