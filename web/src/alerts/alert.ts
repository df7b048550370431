import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, countOf, type Schemas } from '../api/http'
import type { Key } from '../i18n/i18n'
import { readListSearch, type ListSearch } from '../list/page'

export type Alert = Schemas['Alert']

export const path = '/alerts'

/** What waits for the one who looks, what waits for anyone, and everything that ever did. */
export const tabs = { mine: { open: true, mine: true }, open: { open: true }, all: {} } as const
export type Tab = keyof typeof tabs

export interface AlertSearch extends ListSearch {
  kind?: string
}

export function readAlertSearch(search: Record<string, unknown>): AlertSearch {
  const kind = typeof search.kind === 'string' && search.kind in kinds ? { kind: search.kind } : {}
  return { ...readListSearch(search), ...kind }
}

export const tabOf = (search: ListSearch): Tab =>
  search.state && search.state in tabs ? (search.state as Tab) : 'mine'

export const kinds: Record<string, Key> = {
  login_locked: 'alerts.kind.login_locked',
  qualification_ends: 'alerts.kind.qualification_ends',
  qualification_ended: 'alerts.kind.qualification_ended',
  signature_due: 'alerts.kind.signature_due',
  signature_overdue: 'alerts.kind.signature_overdue',
  document_to_read: 'alerts.kind.document_to_read',
  contained: 'alerts.kind.contained',
  containment_due: 'alerts.kind.containment_due',
  audit_broken: 'alerts.kind.audit_broken',
  review_due: 'alerts.kind.review_due',
  tag_flood: 'alerts.kind.tag_flood',
  tag_clock: 'alerts.kind.tag_clock',
  tag_lost: 'alerts.kind.tag_lost',
  model_new: 'alerts.kind.model_new',
  model_retired: 'alerts.kind.model_retired',
  station_stop: 'alerts.kind.station_stop',
  chart_alarm: 'alerts.kind.chart_alarm',
  machine_signal: 'alerts.kind.machine_signal',
  stop_unexplained: 'alerts.kind.stop_unexplained',
  gauge_due: 'alerts.kind.gauge_due',
  gauge_overdue: 'alerts.kind.gauge_overdue',
  gauge_failed: 'alerts.kind.gauge_failed',
  inspection_not_accepted: 'alerts.kind.inspection_not_accepted',
  inspection_discontinued: 'alerts.kind.inspection_discontinued',
  capa_raised: 'alerts.kind.capa_raised',
  capa_due: 'alerts.kind.capa_due',
  capa_overdue: 'alerts.kind.capa_overdue',
  capa_few_pieces: 'alerts.kind.capa_few_pieces',
  capa_extended: 'alerts.kind.capa_extended',
  capa_reopened: 'alerts.kind.capa_reopened',
  maintenance_raised: 'alerts.kind.maintenance_raised',
  maintenance_due: 'alerts.kind.maintenance_due',
  maintenance_overdue: 'alerts.kind.maintenance_overdue',
  maintenance_out: 'alerts.kind.maintenance_out',
  nonconformance: 'alerts.kind.nonconformance',
  material_late: 'alerts.kind.material_late',
  call: 'alerts.kind.call',
}

/** The filter as the server reads it. Words, since it goes into addresses of files and counts too. */
export const filterOf = (search: AlertSearch): Record<string, string | undefined> => ({
  q: search.q,
  kind: search.kind,
  ...wordsOf(tabOf(search)),
})

export const wordsOf = (tab: Tab): Record<string, string> =>
  Object.fromEntries(Object.keys(tabs[tab]).map((name) => [name, 'true']))

export const alertsQuery = (search: AlertSearch) =>
  queryOptions({
    queryKey: ['alerts', 'list', filterOf(search), search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/alerts', {
          params: {
            query: { ...tabs[tabOf(search)], q: search.q, kind: search.kind, cursor: search.cursor, limit: 50 },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  })

/** How many wait for the one who is signed in. */
export const waitingQuery = queryOptions({
  queryKey: ['alerts', 'waiting'],
  queryFn: () => countOf(path, wordsOf('mine')),
})
