import { expect, it } from 'vitest'
import {
  axisFrom,
  cumulated,
  minutes,
  percent,
  readOeeSearch,
  rounded,
  shown,
  type Loss,
  type Ratio,
  type Step,
} from './figure'

const ratio = (value: string | null): Ratio => ({ numerator: '1', denominator: '2', unit: 's', value }) as Ratio

it('writes what is not defined as nothing, never as zero', () => {
  expect(percent(ratio(null), 'en')).toBeUndefined()
  expect(percent(ratio('0'), 'en')).toBe('0.0 %')
  expect(percent(ratio('0.7479365'), 'de')).toBe('74,8 %')
  expect(percent(ratio('1.2'), 'en')).toBe('120.0 %')
})

it('shows times in minutes and units as they are', () => {
  expect(minutes('21168', 'en')).toBe('352.8')
  expect(shown('101', 'units', 'en')).toBe('101')
  expect(rounded(-18.2, 'en')).toBe('−18.2')
  expect(rounded(-0.01, 'en')).toBe('0.0')
})

it('begins the axis where the losses can be seen', () => {
  const level = (min: number) => ({ key: 'net', total: true, seconds: String(min * 60) }) as Step
  expect(axisFrom([level(450), level(393), level(363.6), level(352.8)])).toBe(330)
  expect(axisFrom([level(450), level(100)])).toBe(0)
  expect(axisFrom([])).toBe(0)
})

it('cumulates losses, and no gain makes them more than all', () => {
  const loss = (seconds: number) => ({ kind: 'setup', seconds: String(seconds), events: 1 }) as Loss
  expect(cumulated([loss(60), loss(30), loss(-20)]).map((l) => Math.round(l.together))).toEqual([67, 100, 100])
})

it('reads a window from the address, and no half of one', () => {
  expect(readOeeSearch({ equipment: 'ST50', shift: 'early', day: '2026-11-23', from: '2026-11-23T00:00:00Z' })).toEqual(
    { equipment: 'ST50', shift: 'early', day: '2026-11-23' },
  )
  expect(readOeeSearch({ shift: 'early' })).toEqual({})
  expect(readOeeSearch({ until: '2026-11-23T00:00:00Z', stretch: '12' })).toEqual({ stretch: 12 })
})
