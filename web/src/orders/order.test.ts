import { describe, expect, it } from 'vitest'
import { balances, commandsFor, lateness, type Order, type OrderState } from './order'

const order = (more: Partial<Order>): Order => ({
  number: 'WO-1',
  site: 'HAM',
  product: 'INV-200',
  product_name: 'Traction inverter',
  revision: 'A',
  created_by: 'PL-07',
  created_at: '2026-11-23T08:00:00Z',
  cancel_requested: false,
  line: 'L1',
  state: 'running',
  quantity: '120',
  good: '41',
  scrap: '1',
  in_process: '45',
  not_started: '33',
  due: '2026-11-24T15:00:00Z',
  priority: 50,
  ...more,
})

describe('commandsFor', () => {
  it.each<[OrderState, string[]]>([
    ['created', ['release', 'change', 'hold', 'cancel']],
    ['released', ['change', 'hold', 'cancel']],
    ['running', ['change', 'hold', 'cancel']],
    ['held', ['change', 'resume', 'cancel']],
    ['completed', []],
    ['closed', []],
    ['cancelled', []],
  ])('%s', (state, names) => {
    const allowed = Object.entries(commandsFor(order({ state })))
      .filter(([, yes]) => yes)
      .map(([name]) => name)
    expect(allowed).toEqual(names)
  })
  it('offers no change to an order that is being cancelled', () => {
    expect(commandsFor(order({ cancel_requested: true }))).toMatchObject({ change: false, cancel: false })
  })
})

describe('balances', () => {
  it('checks the ledger exactly', () => {
    expect(balances(order({}))).toBe(true)
    expect(balances(order({ good: '41.000000000000000001' }))).toBe(false)
  })
})

describe('lateness', () => {
  const now = new Date('2026-11-24T10:00:00Z').getTime()
  it('counts from the due date to the expected one', () => {
    expect(lateness(order({ expected: '2026-11-24T15:50:00Z' }), now)).toEqual({ late: true, by: 50 * 60_000 })
    expect(lateness(order({ expected: '2026-11-24T14:50:00Z' }), now)).toEqual({ late: false, by: 0 })
  })
  it('sees a date that is over', () => {
    expect(lateness(order({}), now + 6 * 3_600_000).late).toBe(true)
    expect(lateness(order({ state: 'closed' }), now + 6 * 3_600_000).late).toBe(false)
  })
})
