import { describe, expect, it } from 'vitest'
import { pareto, readCostSearch, type CostRow } from './cost'

const row = (group: string, total: string) => ({ group, total }) as CostRow

describe('pareto', () => {
  it('draws each group against the dearest and adds them up', () => {
    const bars = pareto([row('A', '60'), row('B', '30'), row('C', '10'), row('', '0')])
    expect(bars.map((b) => [b.row.group, b.width, Math.round(b.together)])).toEqual([
      ['A', 100, 60],
      ['B', 50, 90],
      ['C', 10 / 0.6, 100],
    ])
  })
  it('draws nothing where nothing cost anything', () => {
    expect(pareto([row('A', '0')])).toEqual([])
    expect(pareto([])).toEqual([])
  })
})

describe('address', () => {
  it('keeps what belongs to the report', () => {
    expect(readCostSearch({ by: 'product', from: '2026-11-01', to: 'soon', x: '1' })).toEqual({
      by: 'product',
      from: '2026-11-01',
    })
  })
})
