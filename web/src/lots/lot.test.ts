import { describe, expect, it } from 'vitest'
import type { Routing } from '../plant/plant'
import { axisOf, shownState, threadOf, type Lot } from './lot'

const routing = {
  product: 'INV-200',
  revision: 'A',
  lot_size: '1',
  lot_digits: 6,
  lot_pattern: 'L{n}',
  window: 10,
  operations: ['10', '20', '30'].map((id) => ({
    id,
    name: id,
    stations: [`ST${id}`],
    steps: [],
    on_fail: { then: 'review' as const },
  })),
} satisfies Routing
const hold = { id: '1', scope: 'lot', reason: 'x', by: 'QE-02', at: '2026-11-24T10:00:00Z' } as const
const lot = (more: Partial<Lot>): Lot => ({
  lot: 'L',
  site: 'HAM',
  material: 'M',
  product_name: 'M',
  unit: 'pcs',
  tracking: 'serial',
  origin: 'produced',
  state: 'running',
  quantity: '1',
  good: '0',
  scrapped: '0',
  remaining: '1',
  holds: [],
  created_by: 'PL-07',
  created_at: '2026-11-24T10:00:00Z',
  ...more,
})
const states = (l: Lot) => threadOf(l, routing).map((n) => n.state)

describe('threadOf', () => {
  it.each<[string, Partial<Lot>, string[]]>([
    ['running', { operation: '20' }, ['done', 'now', 'ahead']],
    ['held where it stands', { operation: '20', holds: [hold] }, ['done', 'held', 'ahead']],
    ['a silent machine', { operation: '30', wait: { kind: 'answer', since: '' } }, ['done', 'done', 'waits']],
    ['scrapped', { operation: '10', state: 'scrapped' }, ['stopped', 'ahead', 'ahead']],
    ['packed', { operation: '30', state: 'packed' }, ['done', 'done', 'done']],
  ])('%s', (_, more, want) => expect(states(lot(more))).toEqual(want))
  it("prefers the server's own thread", () => {
    const thread = [{ operation: '10', name: 'Kit', station: 'ST10', state: 'now' as const }]
    expect(threadOf(lot({ thread, operation: '10' }), routing)).toEqual([{ label: '10', state: 'now' }])
  })
})

it('shows a hold before any state', () => {
  expect(shownState(lot({ state: 'packed', holds: [hold] }))).toBe('held')
})

it.each([
  [
    ['ST10', 'ST20'],
    ['10', '20'],
  ],
  [
    ['10', '20'],
    ['10', '20'],
  ],
  [
    ['A1', 'B1'],
    ['A1', 'B1'],
  ],
  [
    ['cut', 'crimp'],
    ['cut', 'crimp'],
  ],
])('axisOf(%j)', (ids, want) => expect(axisOf(ids)).toEqual(want))
