import { describe, expect, it } from 'vitest'
import { scaleOf } from './LimitBar'

const at = (value: number, scale: { from: number; to: number }) => (value - scale.from) / (scale.to - scale.from)

describe('scaleOf', () => {
  it('gives the middle half to two limits', () => {
    const scale = scaleOf([2.5], 2.25, 2.75)
    expect([at(2.25, scale), at(2.75, scale)]).toEqual([0.25, 0.75])
  })
  it.each([
    ['an upper limit', [0.42], undefined, 1],
    ['a lower limit', [0.71], 0.85, undefined],
    ['a value far above an open side', [1240], 500, undefined],
    ['a value far outside', [38], 45, 75],
    ['no limits', [1, 2], undefined, undefined],
    ['one value alone', [5], undefined, undefined],
    ['a limit of zero', [0], undefined, 0],
    ['negative limits', [-5], -10, undefined],
  ] as const)('keeps every mark on the scale: %s', (_, values, lower, upper) => {
    const scale = scaleOf([...values], lower, upper)
    expect(scale.to).toBeGreaterThan(scale.from)
    for (const n of [...values, lower, upper].filter((v) => v !== undefined)) {
      expect(at(n, scale)).toBeGreaterThanOrEqual(0)
      expect(at(n, scale)).toBeLessThanOrEqual(1)
    }
  })
})
