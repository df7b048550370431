import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import { readListSearch, type ListSearch } from '../list/page'
import { base64Of } from '../qualifications/qualification'

export type Capa = Schemas['CAPAView']
export type Row = Schemas['CAPARow']
export type Task = Schemas['CAPATask']
export type Cause = Schemas['FishboneCause']
export type Criterion = Schemas['CAPACriterion']
export type Effect = Schemas['CAPAEffectView']
export type Week = Schemas['CAPAWeek']

export const path = '/capas'

export const disciplines = [1, 2, 3, 4, 5, 6, 7, 8] as const
export type D = (typeof disciplines)[number]

export const categories = ['man', 'machine', 'material', 'method', 'measurement', 'environment'] as const
export const causeStates = ['possible', 'ruled_out', 'confirmed'] as const
export const eventKinds = [
  'nonconforming',
  'defect',
  'verdict',
  'complaint',
  'inspection',
  'spc_alarm',
  'safety',
] as const
export const severities = ['critical', 'high', 'medium', 'low'] as const
export const linkNouns = [
  'nonconformance',
  'hold',
  'containment',
  'firing',
  'lot',
  'order',
  'document',
  'chart',
  'vision',
  'complaint',
] as const

/** The address of the list: which view, which filters, and what a new one begins with when another page leads here. */
export interface CapaSearch extends ListSearch {
  severity?: string
  raise?: string
  noun?: string
  subject?: string
  title?: string
  code?: string
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

export function readCapaSearch(search: Record<string, unknown>): CapaSearch {
  const out: CapaSearch = { ...readListSearch(search) }
  for (const key of ['severity', 'raise', 'noun', 'subject', 'title', 'code'] as const) {
    const value = text(search[key])
    if (value) out[key] = value
  }
  return out
}

/** The views: the board of what is open, the list by state, and one's own tasks. */
export const views = {
  board: { open: 'true' },
  open: { open: 'true' },
  mine: { open: 'true', owner: 'me' },
  overdue: { overdue: 'true' },
  all: {},
} as const satisfies Record<string, Record<string, string>>
export type View = keyof typeof views | 'tasks'

export const viewOf = (search: CapaSearch): View =>
  search.state && (search.state in views || search.state === 'tasks') ? (search.state as View) : 'board'

export const filterOf = (search: CapaSearch): Record<string, string | undefined> => {
  const view = viewOf(search)
  return { q: search.q, severity: search.severity, product: search.product, ...(view === 'tasks' ? {} : views[view]) }
}

export const capasQuery = (search: CapaSearch) => {
  const view = viewOf(search)
  return queryOptions({
    queryKey: ['capas', 'list', view, search.q, search.severity, search.product, search.sort, search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/capas', {
          params: {
            query: {
              q: search.q,
              severity: search.severity,
              product: search.product,
              sort: search.sort,
              cursor: search.cursor,
              limit: view === 'board' ? 200 : 50,
              open: view === 'board' || view === 'open' || view === 'mine' ? true : undefined,
              owner: view === 'mine' ? 'me' : undefined,
              overdue: view === 'overdue' ? true : undefined,
            },
          },
        }),
      ),
    placeholderData: keepPreviousData,
    enabled: view !== 'tasks',
  })
}

export const tasksQuery = (search: CapaSearch) =>
  queryOptions({
    queryKey: ['capas', 'tasks', search.q, search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/capa-tasks', {
          params: { query: { owner: 'me', open: true, q: search.q, cursor: search.cursor, limit: 50 } },
        }),
      ),
    placeholderData: keepPreviousData,
  })

export const capaQuery = (id: string) =>
  queryOptions({
    queryKey: ['capas', id],
    queryFn: () => answer(api.GET('/api/v1/capas/{capa}', { params: { path: { capa: id } } })),
  })

export const effectQuery = (id: string) =>
  queryOptions({
    queryKey: ['capas', id, 'effect'],
    queryFn: () => answer(api.GET('/api/v1/capas/{capa}/effect', { params: { path: { capa: id } } })),
  })

/** The CAPAs that a record is linked to. */
export const linkedQuery = (noun: string, subject: string) =>
  queryOptions({
    queryKey: ['capas', 'linked', noun, subject],
    queryFn: () => answer(api.GET('/api/v1/capas', { params: { query: { noun, subject, limit: 20 } } })),
  })

export const isDone = (capa: Capa, d: number) => capa.record.done[String(d)] !== undefined
export const dueOf = (capa: Capa, d: number) => capa.record.due[String(d)]
export const ended = (state: string) => state === 'closed' || state === 'cancelled'

/** The first discipline that is open; 9 when all are completed. */
export const currentD = (capa: Capa) => disciplines.find((d) => !isDone(capa, d)) ?? 9

/** How a discipline stands, as its node in the thread. */
export function nodeOf(capa: Capa, d: D, now: number): 'done' | 'late' | 'now' | 'sleeps' | 'ahead' {
  if (isDone(capa, d)) return 'done'
  const due = dueOf(capa, d)
  if (d === 8 && capa.state === 'watching') return 'sleeps'
  if (!ended(capa.state) && due && Date.parse(due) < now) return 'late'
  return d === currentD(capa) ? 'now' : 'ahead'
}

/** Columns of the board, left to right as the work goes. */
export const columns = ['contain', 'cause', 'plan', 'implement', 'watch', 'close'] as const
export type Column = (typeof columns)[number]

export function columnOf(row: Pick<Row, 'state' | 'discipline'>): Column {
  switch (row.state) {
    case 'plan_signing':
      return 'plan'
    case 'implementing':
      return 'implement'
    case 'watching':
    case 'verdict_signing':
      return 'watch'
    case 'proven':
    case 'closure_signing':
      return 'close'
  }
  if (row.discipline <= 3) return 'contain'
  return row.discipline === 4 ? 'cause' : 'plan'
}

/** Events per 1,000 pieces; undefined when nothing was made, which is not zero. */
export const rateOf = (events: number, pieces: string) => {
  const made = Number(pieces)
  return made > 0 ? (events * 1000) / made : undefined
}

/** A rate in two decimals. */
export const rateText = (rate: number | undefined) => (rate === undefined ? '–' : rate.toFixed(2))

/** Files as the API takes them. */
export const filesOf = (files: File[]) =>
  Promise.all(files.map(async (file) => ({ name: file.name, content: await base64Of(file) })))
