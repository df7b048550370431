import { describe, expect, it } from 'vitest'
import {
  clockSeconds,
  dayAndClock,
  fromFieldValue,
  longDate,
  shortDate,
  toFieldValue,
  zoneName,
  type Zone,
} from './format'

const ham: Zone = { language: 'en', zone: 'Europe/Berlin' }
const winter = new Date('2026-11-24T10:42:18Z')
const summer = new Date('2026-07-01T10:42:18Z')

describe('times', () => {
  it('are in the zone of the site, with its name', () => {
    expect(clockSeconds(ham, winter)).toBe('11:42:18')
    expect(zoneName(ham, winter)).toBe('CET')
    expect(clockSeconds(ham, summer)).toBe('12:42:18')
    expect(zoneName(ham, summer)).toBe('CEST')
    expect(zoneName({ ...ham, language: 'de' }, winter)).toBe('MEZ')
  })
  it('write midnight as 00:00', () => {
    expect(clockSeconds(ham, new Date('2026-11-23T23:00:00Z'))).toBe('00:00:00')
  })
  it('write dates as people say them', () => {
    expect(longDate(ham, winter)).toBe('Tue 24 Nov 2026')
    expect(shortDate(ham, new Date('2026-11-25T11:00:00Z'), winter)).toBe('Wed 25 Nov')
    expect(shortDate(ham, new Date('2027-01-25T11:00:00Z'), winter)).toBe('Mon 25 Jan 2027')
  })
  it('say today by the day of the site, not of the browser', () => {
    expect(dayAndClock(ham, new Date('2026-11-23T23:30:00Z'), winter, 'Today')).toBe('Today 00:30')
    expect(dayAndClock(ham, new Date('2026-11-24T23:30:00Z'), winter, 'Today')).toBe('Wed 25 Nov 00:30')
  })
})

describe('fields', () => {
  it.each([
    '2026-11-24T10:42:00.000Z',
    '2026-07-01T10:42:00.000Z',
    '2026-03-29T00:59:00.000Z',
    '2026-10-25T02:30:00.000Z',
  ])('read back what they showed: %s', (iso) => {
    expect(fromFieldValue(ham, toFieldValue(ham, new Date(iso))).toISOString()).toBe(iso)
  })
  it('take the first of the double hour in autumn', () => {
    expect(fromFieldValue(ham, '2026-10-25T02:30').toISOString()).toBe('2026-10-25T00:30:00.000Z')
  })
  it('read a bare date as its first moment on site', () => {
    expect(fromFieldValue(ham, '2026-11-24').toISOString()).toBe('2026-11-23T23:00:00.000Z')
  })
})
