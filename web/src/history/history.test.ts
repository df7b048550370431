import { describe, expect, it } from 'vitest'
import { byDay, filterRows, type HistoryRow } from './history'

const row = (more: Partial<HistoryRow>): HistoryRow => ({
  at: '2026-11-24T10:00:00Z',
  source: 'lot',
  kind: 'opened',
  ...more,
})
const rows = [
  row({ lot: 'A', text: 'Torque 2.44 Nm' }),
  row({ lot: 'B', source: 'vision', at: '2026-11-25T10:00:00Z' }),
  row({ source: 'audit', actor: 'PL-07' }),
]

describe('filterRows', () => {
  it.each([
    [{}, 3],
    [{ lot: 'A' }, 1],
    [{ source: 'vision' }, 1],
    [{ q: 'torque' }, 1],
    [{ q: 'pl-07', lot: 'A' }, 0],
  ])('%j', (filter, count) => expect(filterRows(rows, filter)).toHaveLength(count))
})

it('byDay keeps the order', () => {
  expect(byDay(rows, (r) => r.at.slice(0, 10)).map(([day, list]) => [day, list.length])).toEqual([
    ['2026-11-24', 2],
    ['2026-11-25', 1],
  ])
})
