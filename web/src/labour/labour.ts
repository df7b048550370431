import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import type { Translate } from '../i18n/i18n'

export type LabourEntry = Schemas['LabourEntry']
export type LabourDay = Schemas['LabourDay']
export type LabourDays = Schemas['LabourDays']
export type OrderLabour = Schemas['OrderLabour']

export interface LabourSearch {
  from?: string
  days?: string
  q?: string
  account?: string
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
const isDay = (value?: string) => (value && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined)

export const spans = ['1', '7', '31']

export function readLabourSearch(search: Record<string, unknown>): LabourSearch {
  const out: LabourSearch = {
    from: isDay(text(search.from)),
    days: spans.includes(String(search.days)) ? String(search.days) : undefined,
    q: text(search.q),
    account: text(search.account),
  }
  for (const key of Object.keys(out) as (keyof LabourSearch)[]) if (out[key] === undefined) delete out[key]
  return out
}

export const daysQuery = ({ from, days, account }: LabourSearch) =>
  queryOptions({
    queryKey: ['labour', 'days', from, days, account],
    queryFn: () =>
      answer(api.GET('/api/v1/labour/days', { params: { query: { from, days: Number(days ?? '1'), account } } })),
  })

export const codesQuery = queryOptions({
  queryKey: ['labour', 'codes'],
  queryFn: () => answer(api.GET('/api/v1/labour/codes')),
  staleTime: 60_000,
})

/** What the clock runs on: for oneself, or for all at a station. */
export const runningQuery = (station?: string) =>
  queryOptions({
    queryKey: ['labour', 'running', station],
    queryFn: () => answer(api.GET('/api/v1/labour/running', { params: { query: { station } } })),
  })

export const orderLabourQuery = (number: string) =>
  queryOptions({
    queryKey: ['labour', 'order', number],
    queryFn: () => answer(api.GET('/api/v1/work-orders/{number}/labour', { params: { path: { number } } })),
  })

export interface PersonDay {
  id: string
  day: string
  account: string
  name: string
  direct: number
  indirect: number
  codes: LabourDay[]
  open: boolean
  cut: boolean
}

/** Puts the lines of each person and day together: work on orders, and all other time by its code. */
export function byPerson(rows: LabourDay[]): PersonDay[] {
  const out = new Map<string, PersonDay>()
  for (const row of rows) {
    const id = `${row.day}/${row.account}`
    const person = out.get(id) ?? {
      id,
      day: row.day,
      account: row.account,
      name: row.name,
      direct: 0,
      indirect: 0,
      codes: [],
      open: false,
      cut: false,
    }
    if (row.code) {
      person.indirect += row.ms
      person.codes.push(row)
    } else person.direct += row.ms
    person.open ||= row.open
    person.cut ||= row.cut
    out.set(id, person)
  }
  return [...out.values()]
}

/** 7 h 05 min: working time is read in hours and minutes, to the minute; less than one in seconds. */
export function workTime(t: Translate, ms: number): string {
  if (ms > 0 && ms < 60_000) return t('time.seconds', { n: Math.round(ms / 1000) })
  const minutes = Math.round(ms / 60_000)
  return t('labour.hours', { h: Math.floor(minutes / 60), m: String(minutes % 60).padStart(2, '0') })
}
