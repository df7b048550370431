import { describe, expect, it } from 'vitest'
import {
  groupsAt,
  isMicro,
  proposed,
  readMachineSearch,
  reasonName,
  reasonsIn,
  type StopReason,
  type Stretch,
} from './machine'

const reason = (code: string, parent = '', more: Partial<StopReason> = {}): StopReason => ({
  code,
  parent,
  names: { en: code, de: `${code}-de` },
  category: 'unplanned',
  active: true,
  version: 1,
  ...more,
})

const tree = [
  reason('machine'),
  reason('bit', 'machine', { alarms: ['E120'], stations: ['ST20'] }),
  reason('sensor', 'machine'),
  reason('old', 'machine', { active: false }),
  reason('empty'),
  reason('far', '', { stations: ['ST99'] }),
  reason('x', 'far'),
]

describe('the tree of reasons', () => {
  it('offers what can be chosen at a station, and no empty group', () => {
    expect(groupsAt(tree, 'ST30').map((g) => g.code)).toEqual(['machine'])
    expect(reasonsIn(tree, 'machine', 'ST30').map((r) => r.code)).toEqual(['sensor'])
    expect(reasonsIn(tree, 'machine', 'ST20').map((r) => r.code)).toEqual(['bit', 'sensor'])
  })
  it('proposes by alarm where the reason can be chosen', () => {
    expect(proposed(tree, 'ST20', 'E120')?.code).toBe('bit')
    expect(proposed(tree, 'ST30', 'E120')).toBeUndefined()
    expect(proposed(tree, 'ST20', undefined)).toBeUndefined()
  })
  it('names a reason in the language, and an unknown one by its code', () => {
    expect(reasonName(tree, 'bit', 'de')).toBe('bit-de')
    expect(reasonName(tree, 'gone', 'de')).toBe('gone')
  })
})

describe('micro-stops', () => {
  const stretch = { from: '2026-11-24T08:00:00Z', until: '2026-11-24T08:00:30Z', state: 'unplanned_down' } as Stretch
  it('are stops up to the threshold', () => {
    expect(isMicro(stretch, 30, 0)).toBe(true)
    expect(isMicro(stretch, 29, 0)).toBe(false)
    expect(isMicro({ ...stretch, state: 'running' }, 60, 0)).toBe(false)
  })
})

it('reads the span from the address', () => {
  expect(readMachineSearch({ hours: '24', sel: 'ST50' })).toMatchObject({ hours: 24, sel: 'ST50' })
  expect(readMachineSearch({ hours: 5 }).hours).toBeUndefined()
})
