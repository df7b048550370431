import { describe, expect, it } from 'vitest'
import { decisionsFor, momentsOf, span, type Hold } from './hold'

describe('time to contain', () => {
  it('is measured in the unit that one reads', () => {
    expect(span(120)).toEqual({ value: '0.12', unit: 's' })
    expect(span(48_000)).toEqual({ value: '48', unit: 's' })
    expect(span(43 * 60_000)).toEqual({ value: '43', unit: 'min' })
    expect(span(-5)).toEqual({ value: '0.00', unit: 's' })
  })
  it('counts from when the fact was known, and goes on while something is awaited', () => {
    const hold = {
      since: '2026-11-24T10:02:41Z',
      guarded_at: '2026-11-24T10:02:42Z',
      found_at: undefined,
    } as unknown as Hold
    const moments = momentsOf(hold, new Date('2026-11-24T10:03:41Z').getTime())
    expect(moments.map((m) => m.after / 1000)).toEqual([0, 1, 60, 60, 60, 60])
    expect(moments[2]!.at).toBeUndefined()
  })
})

describe('decisions', () => {
  it('fit every place that they are for', () => {
    expect(decisionsFor(['stock'])).toEqual(['release', 'use_as_is', 'scrap', 'return', 'sort'])
    expect(decisionsFor(['process', 'shipped'])).toEqual(['release', 'use_as_is', 'scrap'])
  })
})
