import { describe, expect, it } from 'vitest'
import { factsOf, nextNeed, shortHash, type SignatureRequest } from './sign'

describe('what is signed', () => {
  it('becomes rows with the path as their name, and leaves nothing out but what is empty', () => {
    const content = {
      lot: 'U-1',
      note: '',
      values: [{ name: 'Torque', value: '2.50', result: 'pass' }],
      by_hand: false,
    }
    expect(factsOf(content)).toEqual([
      { name: 'lot', value: 'U-1' },
      { name: 'values 1, name', value: 'Torque' },
      { name: 'values 1, value', value: '2.50' },
      { name: 'values 1, result', value: 'pass' },
      { name: 'by hand', value: 'false' },
    ])
  })

  it('has a hash that two people can compare aloud', () => {
    expect(shortHash('5e3177c0aaaabbbb84af')).toBe('5e31 77c0 … 84af')
  })

  it('asks for one signature after the other', () => {
    const needs = [{ meaning: 'performed' }, { meaning: 'verified', role: 'quality' }]
    const request = { needs, signatures: [] } as unknown as SignatureRequest
    expect(nextNeed(request)?.meaning).toBe('performed')
    expect(nextNeed({ ...request, signatures: [{}, {}] } as unknown as SignatureRequest)).toBeUndefined()
  })
})
