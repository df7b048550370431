import { describe, expect, it } from 'vitest'
import { asPlanned, linesOf, type BuiltStep, type BuiltValue } from './record'

const step = (more: Partial<BuiltStep>): BuiltStep => ({
  step: '20',
  kind: 'device',
  name: 'Torque',
  attempt: 1,
  revision: 'A',
  result: 'pass',
  station: 'ST20',
  started_at: '',
  at: '',
  values: [],
  components: [],
  ...more,
})
const value = (id: string, more: Partial<BuiltValue> = {}): BuiltValue => ({
  characteristic: id,
  name: id,
  value: '2.5',
  lower: '2.25',
  upper: '2.75',
  unit: 'Nm',
  result: 'pass',
  ...more,
})

describe('linesOf', () => {
  it('puts eight like screws on one line', () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => value(`torque_${n}`))
    expect(linesOf(step({ values }))).toEqual([{ kind: 'value', step: expect.anything(), values }])
  })
  it('gives a value outside its own line', () => {
    const lines = linesOf(
      step({ values: [value('torque_1'), value('torque_2', { result: 'fail' }), value('torque_3')] }),
    )
    expect(lines.map((line) => (line.kind === 'value' ? line.values.map((v) => v.characteristic) : []))).toEqual([
      ['torque_1', 'torque_3'],
      ['torque_2'],
    ])
  })
  it('keeps unlike limits apart', () => {
    expect(linesOf(step({ values: [value('a_1'), value('a_2', { upper: '3' })] }))).toHaveLength(2)
  })
  it('says in words what has no values', () => {
    expect(linesOf(step({ kind: 'confirm' }))).toEqual([{ kind: 'step', step: expect.anything() }])
  })
})

it.each([
  ['a first pass', {}, true],
  ['a second try', { attempt: 2 }, false],
  ['by hand', { by_hand: true }, false],
  ['a fail', { result: 'fail' as const }, false],
])('asPlanned: %s', (_, more, want) => expect(asPlanned(step(more))).toBe(want))
