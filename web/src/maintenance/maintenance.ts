import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import { readListSearch, type ListSearch } from '../list/page'

export type Job = Schemas['MaintenanceView']
export type Row = Schemas['MaintenanceRow']
export type Point = Schemas['LockedPoint']
export type Plan = Schemas['MaintenancePlan']
export type Figures = Schemas['MaintenanceFigures']
export type Ratio = Schemas['MaintenanceRatio']
export type Code = Schemas['MaintenanceCode']

export const path = '/maintenance/jobs'

export const kinds = ['corrective', 'preventive', 'inspection', 'calibration'] as const
export type Kind = (typeof kinds)[number]
export const severities = ['critical', 'high', 'medium', 'low'] as const
export const sources = ['person', 'alarm', 'condition', 'calendar', 'rule', 'cmms'] as const
export type Source = (typeof sources)[number]
export const triggers = ['calendar', 'days', 'run_hours', 'cycles', 'tag', 'alarm'] as const
export type Trigger = (typeof triggers)[number]

export interface MaintenanceSearch extends ListSearch {
  kind?: string
  severity?: string
  station?: string
  /** The dialogue that asks for a job is open; station and title are what another page begins it with. */
  ask?: string
  title?: string
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

export function readMaintenanceSearch(search: Record<string, unknown>): MaintenanceSearch {
  const out: MaintenanceSearch = { ...readListSearch(search) }
  for (const key of ['kind', 'severity', 'station', 'ask', 'title'] as const) {
    const value = text(search[key])
    if (value) out[key] = value
  }
  return out
}

/** The states in which maintenance has the machine. */
const out = 'lockout_signing,locked_out,in_work,tested,handback_signing'

export const views = {
  open: { open: 'true' },
  mine: { open: 'true', owner: 'me' },
  requested: { state: 'requested' },
  work: { state: out },
  overdue: { overdue: 'true' },
  all: {},
} as const satisfies Record<string, Record<string, string>>
export type View = keyof typeof views

export const viewOf = (search: ListSearch): View =>
  search.state && search.state in views ? (search.state as View) : 'open'

export const filterOf = (search: MaintenanceSearch): Record<string, string | undefined> => ({
  q: search.q,
  kind: search.kind,
  severity: search.severity,
  station: search.station,
  ...views[viewOf(search)],
})

export const jobsQuery = (search: MaintenanceSearch) => {
  const view = viewOf(search)
  return queryOptions({
    queryKey: [
      'maintenance',
      'list',
      view,
      search.q,
      search.kind,
      search.severity,
      search.station,
      search.sort,
      search.cursor,
    ],
    queryFn: () =>
      answer(
        api.GET('/api/v1/maintenance/jobs', {
          params: {
            query: {
              q: search.q,
              kind: search.kind,
              severity: search.severity,
              station: search.station,
              sort: search.sort,
              cursor: search.cursor,
              limit: 50,
              open: view === 'open' || view === 'mine' ? true : undefined,
              owner: view === 'mine' ? 'me' : undefined,
              overdue: view === 'overdue' ? true : undefined,
              state: view === 'requested' ? ['requested'] : view === 'work' ? out.split(',') : undefined,
            },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  })
}

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ['maintenance', id],
    queryFn: () => answer(api.GET('/api/v1/maintenance/jobs/{job}', { params: { path: { job: id } } })),
  })

export const plansQuery = queryOptions({
  queryKey: ['maintenance', 'plans'],
  queryFn: () => answer(api.GET('/api/v1/maintenance/plans')),
})

export const codesQuery = queryOptions({
  queryKey: ['maintenance', 'codes'],
  queryFn: () => answer(api.GET('/api/v1/maintenance/codes')),
})

export interface FigureSearch {
  days?: number
}

export const windows = [7, 30, 90, 365] as const

export const readFigureSearch = (search: Record<string, unknown>): FigureSearch => {
  const days = Number(search.days)
  return windows.some((w) => w === days) ? { days } : {}
}

export const figureFilter = (days: number, now: number) => {
  const minute = 60_000
  const until = Math.ceil(now / minute) * minute
  return { from: new Date(until - days * 24 * 60 * minute).toISOString(), until: new Date(until).toISOString() }
}

export const figuresQuery = (days: number) =>
  queryOptions({
    queryKey: ['maintenance', 'figures', days],
    queryFn: () =>
      answer(api.GET('/api/v1/maintenance/figures', { params: { query: figureFilter(days, Date.now()) } })),
    placeholderData: keepPreviousData,
  })

/** The steps of a job's thread. */
export const steps = ['requested', 'planned', 'locked_out', 'in_work', 'tested', 'handed_back', 'closed'] as const
export type Step = (typeof steps)[number]

const stepOf: Record<string, Step> = { lockout_signing: 'locked_out', handback_signing: 'handed_back' }

/** How a step stands as its node in the thread. A machine that keeps running is not locked out. */
export function nodeOf(job: Pick<Job, 'state' | 'takes_out' | 'end_reason'>, step: Step): 'done' | 'now' | 'ahead' {
  const at = steps.indexOf(stepOf[job.state] ?? (job.state as Step))
  const n = steps.indexOf(step)
  if (job.state === 'closed') return 'done'
  if (at < 0) return n === 0 ? 'done' : 'ahead'
  // A state that waits for its signature is not reached yet; any other is.
  if (job.state in stepOf) return n < at ? 'done' : n === at ? 'now' : 'ahead'
  return n <= at
    ? 'done'
    : n === at + 1 || (!job.takes_out && step === 'in_work' && job.state === 'planned')
      ? 'now'
      : 'ahead'
}

export const timeOf = (job: Job, step: Step): string | undefined =>
  ({
    requested: job.raised_at,
    planned: job.planned_at,
    locked_out: job.locked_at,
    in_work: job.started_at,
    tested: job.tested_at,
    handed_back: job.back_at,
    closed: job.ended_at,
  })[step]

export const ended = (state: string) => state === 'closed' || state === 'rejected' || state === 'cancelled'
export const writable = (state: string) =>
  ['locked_out', 'in_work', 'tested', 'handback_signing', 'handed_back'].includes(state)
export const on = (point: Point) => Boolean(point.locked_at) && !point.removed_at

/** A code with the names of those above it: "Wear, bearing". */
export function codeName(codes: Code[], tree: string, id: string, language: string): string {
  const names: string[] = []
  for (let at = id; at && names.length < 10;) {
    const code = codes.find((c) => c.tree === tree && c.id === at)
    if (!code) return names.length > 0 ? names.join(', ') : id
    names.unshift((language === 'de' && code.name_de) || code.name)
    at = code.parent ?? ''
  }
  return names.join(', ')
}
