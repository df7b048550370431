import { describe, expect, it } from 'vitest'
import { compareDecimal, formatDecimal, multiply, readDecimal, subtract, sum } from './decimal'

describe('decimals', () => {
  it.each([
    ['1240', 'en', '1,240'],
    ['1240.50', 'de', '1.240,50'],
    ['12345678901234567890.123456789012345678', 'en', '12,345,678,901,234,567,890.123456789012345678'],
    ['-0.10', 'en', '−0.10'],
    ['120', 'de', '120'],
    ['n/a', 'en', 'n/a'],
  ] as const)('are written with every digit: %s', (text, language, shown) => {
    expect(formatDecimal(text, language)).toBe(shown)
  })
  it.each([
    ['12.9', '12.9'],
    ['12,9', '12.9'],
    [' 007.50 ', '7.50'],
    ['-3', '-3'],
    ['1,240.5', null],
    ['1e3', null],
    ['', null],
    ['NaN', null],
  ])('are read without a float: %s', (typed, value) => {
    expect(readDecimal(typed)).toBe(value)
  })
  it.each([
    ['3', '50', '150'],
    ['0.1', '0.2', '0.02'],
    ['12.10', '-2', '-24.2'],
    ['x', '2', '0'],
  ])('multiply exactly: %s × %s', (a, b, product) => expect(multiply(a, b)).toBe(product))
  it('add and compare exactly', () => {
    expect(sum(['0.1', '0.2'])).toBe('0.3')
    expect(sum(['99999999999999999999', '1'])).toBe('100000000000000000000')
    expect(subtract('1.00', '1')).toBe('0')
    expect(subtract('1', '1.001')).toBe('-0.001')
    expect(compareDecimal('0.30', '0.3')).toBe(0)
    expect(compareDecimal('-2', '-1')).toBe(-1)
    expect(compareDecimal('10', '9')).toBe(1)
  })
})
