import { describe, expect, it } from 'vitest'
import { balances, sum } from './balance'
import { kinds, releaseState, worstOf, type Deviation, type OrderRecord, type RecordRelease } from './historyRecord'

const release = (state: RecordRelease['state'], hash: string) => ({ state, hash }) as RecordRelease
const deviation = (severity: Deviation['severity']) => ({ severity }) as Deviation

it.each([
  ['nobody asked', [], 'none'],
  ['waits', [release('open', 'a')], 'open'],
  ['released as it is', [release('open', 'a'), release('released', 'a')], 'released'],
  ['changed since', [release('open', 'b'), release('released', 'b')], 'changed'],
  ['rejected', [release('open', 'a'), release('rejected', 'a')], 'rejected'],
])('releaseState: %s', (_, releases, want) => expect(releaseState(releases, 'a')).toBe(want))

it('names the gravest', () => {
  expect(worstOf([])).toBeUndefined()
  expect(worstOf([deviation('low'), deviation('high'), deviation('medium')])).toBe('high')
})

it('has a word for every kind', () => {
  for (const kind of Object.values(kinds)) expect(kind.key).toMatch(/^records\.kind\./)
})

describe('balance', () => {
  it.each([
    [['1', '2'], '3'],
    [['0.1', '0.2'], '0.3'],
    [['250.5', '49.50'], '300.00'],
    [['1', '-1.5'], '-0.5'],
    [[], '0'],
  ])('sum of %j', (values, want) => expect(sum(values)).toBe(want))

  const content = (more: object) =>
    ({
      quantity: '10',
      good: '7',
      scrap: '1.5',
      in_process: '0.5',
      not_started: '1',
      lots: [
        { good: '7', scrapped: '1' },
        { good: '0', scrapped: '0.5' },
      ],
      ...more,
    }) as OrderRecord['content']

  it('fits', () => expect(balances(content({}))).toBe(true))
  it.each([
    ['the order itself', { not_started: '2' }],
    ['the good pieces of its lots', { lots: [{ good: '6', scrapped: '1.5' }] }],
    ['the scrap of its lots', { lots: [{ good: '7', scrapped: '1' }] }],
  ])('does not fit: %s', (_, more) => expect(balances(content(more))).toBe(false))
})
