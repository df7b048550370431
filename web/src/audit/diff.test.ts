import { expect, test } from 'vitest'
import { diff } from './diff'

test('names what was changed, added and removed, and what stayed', () => {
  const before = { quantity: '50', due: 'Monday', hold: { reason: 'x' }, same: true, tags: ['a'] }
  const after = { quantity: '60', due: 'Monday', priority: 3, same: true, tags: ['a', 'b'] }
  expect(diff(before, after)).toEqual([
    { path: 'quantity', before: '50', after: '60', kind: 'changed' },
    { path: 'due', before: 'Monday', after: 'Monday', kind: 'same' },
    { path: 'hold.reason', before: 'x', after: undefined, kind: 'removed' },
    { path: 'same', before: 'true', after: 'true', kind: 'same' },
    { path: 'tags.0', before: 'a', after: 'a', kind: 'same' },
    { path: 'priority', before: undefined, after: '3', kind: 'added' },
    { path: 'tags.1', before: undefined, after: 'b', kind: 'added' },
  ])
})

test('a record that was not there before is all new', () => {
  expect(diff(undefined, { a: 1, list: [] })).toEqual([
    { path: 'a', before: undefined, after: '1', kind: 'added' },
    { path: 'list', before: undefined, after: '[]', kind: 'added' },
  ])
  expect(diff(undefined, undefined)).toEqual([])
})
