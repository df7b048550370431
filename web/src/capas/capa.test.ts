import { describe, expect, it } from 'vitest'
import { columnOf, rateOf, rateText, readCapaSearch, viewOf } from './capa'
import { layOut, wrap } from './fishbone'

describe('the board', () => {
  it.each([
    ['open', 1, 'contain'],
    ['open', 3, 'contain'],
    ['open', 4, 'cause'],
    ['open', 5, 'plan'],
    ['plan_signing', 6, 'plan'],
    ['implementing', 6, 'implement'],
    ['watching', 7, 'watch'],
    ['verdict_signing', 7, 'watch'],
    ['proven', 7, 'close'],
    ['closure_signing', 9, 'close'],
  ])('puts %s at D%i under %s', (state, discipline, column) => {
    expect(columnOf({ state, discipline })).toBe(column)
  })
  it('opens where the address says, and on the board by itself', () => {
    expect(viewOf(readCapaSearch({ state: 'tasks', raise: '1', noun: 'hold', subject: 'H-1', other: 'x' }))).toBe(
      'tasks',
    )
    expect(viewOf(readCapaSearch({ state: 'nonsense' }))).toBe('board')
  })
})

describe('a rate', () => {
  it('is events per 1,000 pieces', () => {
    expect(rateText(rateOf(2, '3912'))).toBe('0.51')
  })
  it('is unknown, not zero, where nothing was made', () => {
    expect(rateOf(0, '0')).toBeUndefined()
    expect(rateText(undefined)).toBe('–')
  })
})

describe('the fishbone', () => {
  const cause = (id: string, category: string, text = 'a cause') => ({ id, category, text, state: 'possible' })
  it('breaks long texts and cuts them at three lines', () => {
    expect(wrap('the screw order at ST40 let the housing tilt', 24)).toEqual([
      'the screw order at ST40',
      'let the housing tilt',
    ])
    expect(wrap('a b c d e f g h i j k l m n o p q r s t u v w x y z', 6)).toHaveLength(3)
  })
  it('gives every cause a place of its own on its rib', () => {
    const causes = Array.from({ length: 12 }, (_, i) => cause(`c${i}`, i % 2 ? 'machine' : 'environment'))
    const { bones, height, spine } = layOut(causes)
    expect(bones.map((bone) => bone.causes.length)).toEqual([0, 6, 0, 0, 0, 6])
    for (const bone of bones) {
      const ys = bone.causes.map((c) => c.y)
      expect(new Set(ys).size).toBe(ys.length)
      for (const y of ys) {
        expect(y).toBeGreaterThan(0)
        expect(y).toBeLessThan(height)
        expect(bone.above ? y < spine : y > spine).toBe(true)
      }
    }
  })
})
