import { expect, it } from 'vitest'
import { daysText } from './shift'

const to = (first: string, last: string) => `${first} to ${last}`

it('writes days as people say them', () => {
  expect(daysText('en-GB', [1, 2, 3, 4, 5], to)).toBe('Mon to Fri')
  expect(daysText('en-GB', [7, 6], to)).toBe('Sat, Sun')
  expect(daysText('en-GB', [1, 3, 5], to)).toBe('Mon, Wed, Fri')
  expect(daysText('de-DE', [1, 2, 3], (a, b) => `${a} bis ${b}`)).toBe('Mo bis Mi')
})
