import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import { en } from '../i18n/catalogue'
import type { Key, Translate } from '../i18n/i18n'

export type Row = Schemas['AuditRow']

export const path = '/audit'

/** What the address holds of the trail's screen. */
export interface TrailSearch {
  q?: string
  noun?: string
  subject?: string
  actor?: string
  action?: string
  /** Wall-clock texts of the site, as the fields give them. */
  from?: string
  to?: string
  refused?: string
  cursor?: string
  sel?: string
}

const names = ['q', 'noun', 'subject', 'actor', 'action', 'from', 'to', 'refused', 'cursor', 'sel'] as const

export function readTrailSearch(search: Record<string, unknown>): TrailSearch {
  const out: TrailSearch = {}
  for (const name of names) {
    const value = search[name]
    if (typeof value === 'string' && value !== '') out[name] = value
  }
  return out
}

/** The filter as the server takes it; times are moments. */
export const filterOf = (search: TrailSearch, moment: (text: string) => string) => ({
  q: search.q,
  noun: search.noun,
  subject: search.subject,
  actor: search.actor,
  action: search.action,
  refused: search.refused ? true : undefined,
  from: search.from ? moment(search.from) : undefined,
  to: search.to ? moment(search.to) : undefined,
})

export type Filter = ReturnType<typeof filterOf>

/** The same as text, for the file of exactly this view. */
export const fileFilterOf = (filter: Filter) => ({ ...filter, refused: filter.refused ? 'true' : undefined })

export const trailQuery = (filter: Filter, cursor?: string) =>
  queryOptions({
    queryKey: ['audit', 'list', filter, cursor],
    queryFn: () => answer(api.GET('/api/v1/audit', { params: { query: { ...filter, cursor, limit: 50 } } })),
    placeholderData: keepPreviousData,
  })

/** The kinds of record that stand in the trail. */
export const nouns = [
  'order',
  'lot',
  'shipment',
  'account',
  'session',
  'plant',
  'routing',
  'equipment',
  'material',
  'device',
  'outbox',
  'run',
  'alert',
  'shift',
  'terminal',
  'step',
  'signature_rule',
  'audit',
] as const

const word = (t: Translate, key: string, name: string) => (key in en ? t(key as Key) : name.replaceAll('_', ' '))

/** The word for what was done; what the catalogue does not know shows its own name. */
export const actionWord = (t: Translate, action: string) => word(t, `audit.action.${action}`, action)

/** The word for a kind of record. */
export const nounWord = (t: Translate, noun: string) => word(t, `audit.noun.${noun}`, noun)

/** Where a row's record is looked at, where there is a screen of it. */
export function recordOf(row: Row): { to: '/orders' | '/lots/$lot'; id: string } | undefined {
  if (!row.subject) return undefined
  if (row.noun === 'order') return { to: '/orders', id: row.subject }
  if (row.noun === 'lot') return { to: '/lots/$lot', id: row.subject }
  return undefined
}
