import { describe, expect, it } from 'vitest'
import { branches, codeOptions, kindsFor, under, type DefectCode, type NCLot } from './nonconformance'

const code = (code: string, parent: string, active = true): DefectCode => ({
  code,
  parent,
  name: code.toLowerCase(),
  severity: 'low',
  active,
  version: 1,
  changed_by: 'q',
  changed_at: '',
})

const tree = [code('A', ''), code('A1', 'A'), code('A11', 'A1'), code('B', '', false), code('B1', 'B')]

describe('defect codes', () => {
  it('knows depth, and closes a branch with its top', () => {
    const found = branches(tree)
    expect(found.map((c) => [c.code, c.depth, c.usable])).toEqual([
      ['A', 0, true],
      ['A1', 1, true],
      ['A11', 2, true],
      ['B', 0, false],
      ['B1', 1, false],
    ])
    expect(under(found, '').map((c) => c.code)).toEqual(['A'])
    expect(under(found, 'A').map((c) => c.code)).toEqual(['A1'])
    expect(codeOptions(tree).map((o) => o.value)).toEqual(['A', 'A1', 'A11'])
  })
})

describe('dispositions', () => {
  const lot = (part: Partial<NCLot>) => ({ origin: 'produced', state: 'packed', ...part }) as NCLot
  it('offers what the lot allows', () => {
    expect(kindsFor(lot({}))).toEqual(['use_as_is', 'rework', 'repair', 'scrap', 'sort'])
    expect(kindsFor(lot({ origin: 'received', state: 'available' }))).toEqual(['use_as_is', 'scrap', 'return', 'sort'])
    expect(kindsFor(lot({ state: 'shipped' }))).toEqual(['use_as_is', 'scrap'])
    expect(kindsFor(lot({ state: 'consumed' }))).toEqual(['use_as_is'])
  })
})
