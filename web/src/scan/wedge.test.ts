import { beforeEach, describe, expect, it } from 'vitest'
import { Wedge, type Answer } from './wedge'

let scans: string[]
let typed: string[]
let timers: Map<number, () => void>
let wedge: Wedge
let clock: number

beforeEach(() => {
  scans = []
  typed = []
  timers = new Map()
  clock = 0
  let next = 0
  wedge = new Wedge({
    onScan: (code) => scans.push(code),
    onTyped: (text) => typed.push(text),
    setTimer: (run) => {
      timers.set(++next, run)
      return next
    },
    clearTimer: (timer) => timers.delete(timer as number),
  })
})

const press = (key: string, gap = 5, more: Partial<{ ctrl: boolean; repeat: boolean }> = {}): Answer => {
  clock += gap
  return wedge.press({
    key,
    ctrl: more.ctrl ?? false,
    alt: false,
    meta: false,
    repeat: more.repeat ?? false,
    composing: false,
    target: null,
    at: clock,
  })
}
const burst = (text: string) => [...text].map((key) => press(key))
const silence = () => {
  const due = [...timers.values()]
  timers.clear()
  due.forEach((run) => run())
}

describe('Wedge', () => {
  it('takes a fast burst with Enter as a scan, and no field sees any of it', () => {
    expect(burst('INV200-004416').every((a) => a === 'hold')).toBe(true)
    expect(press('Enter')).toBe('hold')
    expect(scans).toEqual(['INV200-004416'])
    silence()
    expect(typed).toEqual([])
  })
  it('lets Shift pass inside a burst', () => {
    burst('AB')
    expect(press('Shift')).toBe('pass')
    burst('CD')
    press('Enter')
    expect(scans).toEqual(['ABCD'])
  })
  it('keeps the group separator of GS1, sent as Ctrl+]', () => {
    burst('0104012345')
    press(']', 5, { ctrl: true })
    burst('10TP')
    press('Enter')
    expect(scans).toEqual(['0104012345\u001d10TP'])
  })
  it('gives slow keys back in order', () => {
    for (const key of 'abc') {
      press(key, 120)
      silence()
    }
    expect(press('Enter', 120)).toBe('pass')
    expect(typed).toEqual(['a', 'b', 'c'])
    expect(scans).toEqual([])
  })
  it('gives back what a person typed just before a scanner fired', () => {
    press('x')
    press('T', 300)
    burst('P-2611-07')
    press('Enter')
    expect(typed).toEqual(['x'])
    expect(scans).toEqual(['TP-2611-07'])
  })
  it('does not take a short burst', () => {
    burst('ab')
    expect(press('Enter')).toBe('pass')
    expect(typed).toEqual(['ab'])
    expect(scans).toEqual([])
  })
  it('does not take a burst whose Enter comes late', () => {
    burst('abcdef')
    expect(press('Enter', 400)).toBe('pass')
    expect(typed).toEqual(['abcdef'])
  })
  it('lets a held key, a chord and the space of a button through', () => {
    expect(press('a', 5, { repeat: true })).toBe('pass')
    expect(press('c', 5, { ctrl: true })).toBe('pass')
    expect(press(' ')).toBe('pass')
    expect(press('ArrowDown')).toBe('pass')
  })
  it('gives back what is held before a named key acts', () => {
    press('a')
    expect(press('Backspace')).toBe('pass')
    expect(typed).toEqual(['a'])
  })
})
