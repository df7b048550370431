import { describe, expect, it } from 'vitest'
import type { Step } from '../plant/plant'
import { share } from './share'

const step: Step = { id: '1', kind: 'scan', name: 'Screws', component: { material: 'SC', quantity: '8' } }

describe('share', () => {
  it('takes one lot with enough as one scan', () => {
    expect(share(step, '1', [], 'SC-1', '8')).toEqual({ kind: 'whole', body: { scan: 'SC-1' } })
  })
  it('asks for the rest when a lot has too little, and completes with both', () => {
    const first = share(step, '1', [], 'SC-1', '3')
    expect(first).toMatchObject({ kind: 'part', taken: '3', need: '8', rest: '5' })
    const parts = first.kind === 'part' ? first.parts : []
    expect(share(step, '1', parts, 'SC-2', '100')).toEqual({
      kind: 'whole',
      body: {
        components: [
          { scan: 'SC-1', quantity: '3' },
          { scan: 'SC-2', quantity: '5' },
        ],
      },
    })
  })
  it('counts for every piece of the lot', () => {
    expect(share(step, '50', [], 'SC-1', '399.5')).toMatchObject({ need: '400', rest: '0.5' })
  })
  it('leaves a used-up lot to the server', () => {
    expect(share(step, '1', [], 'SC-1', '0')).toEqual({ kind: 'whole', body: { scan: 'SC-1' } })
  })
})
