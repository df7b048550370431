import { describe, expect, it } from 'vitest'
import { oneUp, readDispatchSearch, shown, type Job } from './dispatch'

const job = (lot: string, rank: number, state: 'ready' | 'waits' | 'barred') =>
  ({ lot, order: 'WO-1', product: 'P', product_name: 'Pump', dispatch: { rank, state } }) as Job

describe('dispatching', () => {
  it('reads what belongs into the address and drops the rest', () => {
    expect(readDispatchSearch({ line: 'L1', station: 50, state: 'asleep', q: '', x: 1 })).toEqual({
      line: 'L1',
      station: '50',
    })
  })
  const jobs = [job('A', 2, 'ready'), job('B', 3, 'ready'), job('C', 1, 'waits')]
  it('shows the jobs of a state and a text', () => {
    expect(shown(jobs, { state: 'ready' }).map((j) => j.lot)).toEqual(['A', 'B'])
    expect(shown(jobs, { q: 'pump' })).toHaveLength(3)
    expect(shown(jobs, { q: 'c', state: 'ready' })).toEqual([])
  })
  it('finds the job one rank up, also one that waits at the end', () => {
    expect(oneUp(jobs, jobs[1]!)?.lot).toBe('A')
    expect(oneUp(jobs, jobs[0]!)?.lot).toBe('C')
    expect(oneUp(jobs, jobs[2]!)).toBeUndefined()
  })
})
