import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'

export type Plan = Schemas['Shifts']
export type Shift = Schemas['Shift']
export type Assignment = Schemas['ShiftAssignment']
export type Override = Schemas['ShiftOverride']

export const shiftsQuery = queryOptions({
  queryKey: ['shifts'],
  queryFn: () => answer(api.GET('/api/v1/shifts')),
})

export const isoDays = [1, 2, 3, 4, 5, 6, 7]

/** Names of weekdays as the language writes them; 1 is Monday. 5 January 2026 was one. */
export const dayName = (locale: string, day: number) =>
  new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' }).format(new Date(Date.UTC(2026, 0, 4 + day)))

/** "Mon to Fri" where the days follow each other, else each by name. */
export function daysText(locale: string, days: number[], to: (first: string, last: string) => string): string {
  const sorted = days.toSorted((a, b) => a - b)
  const inRow = sorted.every((day, i) => i === 0 || day === sorted[i - 1]! + 1)
  if (sorted.length > 2 && inRow) return to(dayName(locale, sorted[0]!), dayName(locale, sorted.at(-1)!))
  return sorted.map((day) => dayName(locale, day)).join(', ')
}
