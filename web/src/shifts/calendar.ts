import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import { fromFieldValue, type Zone } from '../time/format'

export type Week = Schemas['CalendarWeek']
export type PlannedSpan = Schemas['PlannedSpan']
export type Entry = Schemas['CalendarEntry']
export type EntryKind = Entry['kind']
export type Break = Schemas['Break']

/** What the address bar holds of the calendar. */
export interface CalendarSearch {
  equipment?: string
  from?: string
}

export function readCalendarSearch(search: Record<string, unknown>): CalendarSearch {
  const out: CalendarSearch = {}
  if (typeof search.equipment === 'string' && search.equipment) out.equipment = search.equipment
  if (typeof search.from === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(search.from)) out.from = search.from
  return out
}

export const calendarQuery = (search: CalendarSearch) =>
  queryOptions({
    queryKey: ['calendar', { ...search }],
    queryFn: () => answer(api.GET('/api/v1/calendar', { params: { query: { ...search, days: 7 } } })),
    placeholderData: (before) => before,
  })

/** A day so many days later. */
export const addDays = (day: string, n: number) =>
  new Date(new Date(`${day}T12:00:00Z`).getTime() + n * 86_400_000).toISOString().slice(0, 10)

export interface DayBar {
  day: string
  /** Hours on the clock of this day: 23 and 25 when clocks are changed. */
  hours: number
  parts: { span: PlannedSpan; left: number; width: number }[]
}

/** The spans cut to days, each with its place on the day's bar in percent. */
export function daysOf(week: Week, zone: Zone): DayBar[] {
  return Array.from({ length: week.days }, (_, i) => {
    const day = addDays(week.from, i)
    const start = fromFieldValue(zone, `${day}T00:00`).getTime()
    const end = fromFieldValue(zone, `${addDays(day, 1)}T00:00`).getTime()
    const parts = (week.spans ?? []).flatMap((span) => {
      const from = Math.max(new Date(span.from).getTime(), start)
      const until = Math.min(new Date(span.until).getTime(), end)
      if (until <= from || (span.kind === 'off' && !span.name)) return []
      return [{ span, left: (100 * (from - start)) / (end - start), width: (100 * (until - from)) / (end - start) }]
    })
    return { day, hours: (end - start) / 3_600_000, parts }
  })
}
