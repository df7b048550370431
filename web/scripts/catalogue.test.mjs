import { describe, expect, it } from 'vitest'
import { compare, pluralFaults, usageFaults, usedIn } from './catalogue.mjs'

const texts = (object) => new Map(Object.entries(object).map(([key, text]) => [key, { text, file: 'a.json' }]))

describe('compare', () => {
  it.each([
    ['a missing text', { 'a.b': 'x' }, {}, 'a.b: missing in de'],
    ['a text too many', {}, { 'a.b': 'x' }, 'a.b: only in de'],
    ['another placeholder', { 'a.b': '{{n}} units' }, { 'a.b': '{{m}} Teile' }, 'a.b: placeholders differ in de'],
    ['another tag', { 'a.b': '<b>x</b>' }, { 'a.b': 'x' }, 'a.b: tags differ in de'],
    ['an empty text', { 'a.b': 'x' }, { 'a.b': ' ' }, 'a.b: empty'],
  ])('finds %s', (_, en, de, fault) => {
    expect(compare(texts(en), texts(de), 'de')).toEqual([fault])
  })
  it('is silent on equal shapes', () => {
    expect(compare(texts({ 'a.b': '{{n}} of {{m}}' }), texts({ 'a.b': '{{m}} von {{n}}' }), 'de')).toEqual([])
  })
})

describe('usage', () => {
  it('counts whole keys, plural stems and template prefixes', () => {
    const used = usedIn("t('a.b', { count }); const k = `status.lot.${state}`")
    const catalogue = texts({ 'a.b_one': 'x', 'a.b_other': 'x', 'status.lot.running': 'x' })
    expect(usageFaults(catalogue, used)).toEqual([])
  })
  it('names the unused and the unknown', () => {
    expect(usageFaults(texts({ 'a.old': 'x' }), usedIn("t('a.new')"))).toEqual([
      'a.old: unused',
      'a.new: used but not in the catalogue',
    ])
  })
  it('wants both plural forms', () => {
    expect(pluralFaults(texts({ 'a.b_one': 'x' }))).toEqual(['a.b: no _other'])
  })
})
