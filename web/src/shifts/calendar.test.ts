import { expect, it } from 'vitest'
import { addDays, daysOf, readCalendarSearch, type Week } from './calendar'

const zone = { language: 'en' as const, zone: 'Europe/Berlin' }
const span = (from: string, until: string, kind = 'shift') => ({
  from,
  until,
  kind,
  shift: 'night',
  shift_name: 'Night',
  name: '',
})

it('cuts a night at midnight and puts it on both days', () => {
  const week = {
    from: '2026-11-23',
    days: 2,
    spans: [span('2026-11-23T21:00:00Z', '2026-11-24T05:00:00Z')],
  } as unknown as Week
  const [monday, tuesday] = daysOf(week, zone)
  expect(monday!.parts[0]).toMatchObject({ left: (100 * 22) / 24, width: (100 * 2) / 24 })
  expect(tuesday!.parts[0]).toMatchObject({ left: 0, width: 25 })
})

it('knows that a day can have 23 or 25 hours', () => {
  const hours = (from: string) => daysOf({ from, days: 1, spans: [] } as unknown as Week, zone)[0]!.hours
  expect([hours('2026-03-29'), hours('2026-10-25'), hours('2026-06-01')]).toEqual([23, 25, 24])
})

it('counts days over the end of a month and reads the address', () => {
  expect(addDays('2026-02-27', 3)).toBe('2026-03-02')
  expect(readCalendarSearch({ from: 'soon', equipment: 'L1' })).toEqual({ equipment: 'L1' })
})
