import { describe, expect, it } from 'vitest'
import { fits, windowOf } from './reaction'

describe('windowOf', () => {
  it.each([
    [90, { count: 90, unit: 'min' }],
    [480, { count: 8, unit: 'h' }],
    [10080, { count: 7, unit: 'd' }],
  ])('%d minutes', (minutes, want) => expect(windowOf(minutes)).toEqual(want))
})

describe('fits', () => {
  it.each([
    ['hold', 'component', true],
    ['hold', 'station', false],
    ['stop', 'station', true],
    ['stop', 'lot', false],
    ['capa', 'code', true],
  ] as const)('%s by %s', (act, group, want) => expect(fits(act, group)).toBe(want))
})
