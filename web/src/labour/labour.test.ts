import { expect, it } from 'vitest'
import type { Translate } from '../i18n/i18n'
import { byPerson, readLabourSearch, workTime, type LabourDay } from './labour'

const line = (account: string, code: string | undefined, ms: number, cut = false): LabourDay =>
  ({ day: '2026-06-01', account, name: account, code, ms, hours: '0', open: false, cut }) as LabourDay

it('puts a person and day together: nothing is lost, nothing counted twice', () => {
  const days = byPerson([
    line('a', undefined, 60),
    line('a', 'CLEAN', 30, true),
    line('b', 'BREAK', 5),
    line('a', 'BREAK', 10),
  ])
  expect(days.map((d) => [d.account, d.direct, d.indirect, d.codes.length, d.cut])).toEqual([
    ['a', 60, 40, 2, true],
    ['b', 0, 5, 1, false],
  ])
})

it.each([
  [0, '0:00'],
  [29_400, '29'],
  [60_000, '0:01'],
  [3_599_999, '1:00'],
  [7_500_000, '2:05'],
])('%d ms is %s', (ms, text) => {
  const t = ((_: string, values: Record<string, string>) =>
    values.n !== undefined ? String(values.n) : `${values.h}:${values.m}`) as unknown as Translate
  expect(workTime(t, ms)).toBe(text)
})

it('takes days only', () => expect(readLabourSearch({ from: 'yesterday', days: '9', q: 'a' })).toEqual({ q: 'a' }))
