import { describe, expect, it } from 'vitest'
import { base64Of, best, filterOf, readQualificationSearch, tabOf, type MatrixRow } from './qualification'

const row = (held: [number, string][]): MatrixRow =>
  ({ held: held.map(([level, state]) => ({ skill: 'ESD', level, state })) }) as unknown as MatrixRow

describe('best', () => {
  it.each([
    [[], undefined],
    [
      [
        [1, 'valid'],
        [2, 'valid'],
      ],
      2,
    ],
    [
      [
        [2, 'ended'],
        [1, 'ending'],
      ],
      1,
    ],
    [
      [
        [1, 'ended'],
        [2, 'ended'],
      ],
      2,
    ],
  ] as [[number, string][], number | undefined][])('%j', (held, level) =>
    expect(best(row(held), 'ESD')?.level).toBe(level),
  )
  it('looks at one skill only', () => expect(best(row([[1, 'valid']]), 'Torque')).toBeUndefined())
})

it('the address says what is shown, and nothing that does not belong there', () => {
  const search = readQualificationSearch({ state: 'ending', days: '90', history: 'yes', station: '', other: 'x' })
  expect(search).toEqual({ state: 'ending', days: '90' })
  expect(filterOf(search)).toMatchObject({ days: '90' })
  expect(filterOf(readQualificationSearch({ state: 'certificates', days: '7', history: 'true' }))).toMatchObject({
    history: 'true',
  })
  expect(tabOf({ state: 'nonsense' })).toBe('matrix')
})

it('a file goes out whole', async () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i % 256)
  const text = await base64Of({ arrayBuffer: async () => bytes.buffer } as unknown as File)
  expect(Uint8Array.from(atob(text), (c) => c.charCodeAt(0))).toEqual(bytes)
})
