import { expect, test } from 'vitest'
import { toCsv } from './csv'

test('cells are quoted where they must be, and no formula comes through', () => {
  expect(
    toCsv(
      ['n', 'text'],
      [
        [1.5, 'a "b", c'],
        [null, '=SUM(A1)'],
        [-2, '-2'],
        [undefined, 'plain'],
      ],
    ),
  ).toBe('n,text\r\n1.5,"a ""b"", c"\r\n,\'=SUM(A1)\r\n-2,-2\r\n,plain\r\n')
})
