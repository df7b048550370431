import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { every, BoardSource } from './source'

class FakeSource extends EventTarget {
  static all: FakeSource[] = []
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  closed = false
  constructor() {
    super()
    FakeSource.all.push(this)
  }
  close() {
    this.closed = true
  }
  say(kind: string, id: string) {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify({ kind, id }) }))
  }
}

let answers: (() => Promise<Response>)[]
let asked: string[]
let source: BoardSource

const board = (packed: number) => () =>
  Promise.resolve(new Response(JSON.stringify({ line: 'L1', at: '2026-11-24T10:42:00Z', packed })))
const status = (code: number) => () => Promise.resolve(new Response('', { status: code }))

beforeEach(() => {
  vi.useFakeTimers({ now: 0 })
  FakeSource.all = []
  answers = []
  asked = []
  source = new BoardSource('L1', {
    fetch: (url) => {
      asked.push(url)
      return (answers.shift() ?? board(asked.length))()
    },
    open: () => new FakeSource() as unknown as EventSource,
  })
  source.start()
})

afterEach(() => {
  source.stop()
  vi.useRealTimers()
})

describe('BoardSource', () => {
  it('asks at once, then every few seconds', async () => {
    await vi.advanceTimersByTimeAsync(every * 3 + 10)
    expect(asked).toEqual(Array(4).fill('/api/v1/board/L1'))
    expect(source.snapshot()).toMatchObject({ board: { packed: 4 }, heard: every * 3 })
  })

  it('asks soon after a change, once for a burst', async () => {
    await vi.advanceTimersByTimeAsync(2000)
    for (let n = 0; n < 50; n++) FakeSource.all[0]!.say('lot', String(n))
    await vi.advanceTimersByTimeAsync(300)
    expect(asked).toHaveLength(2)
  })

  it('is asked no more than once a second on a line that never rests', async () => {
    for (let n = 0; n < 600; n++) {
      FakeSource.all[0]!.say('lot', String(n))
      await vi.advanceTimersByTimeAsync(100)
    }
    expect(asked.length).toBeGreaterThan(40)
    expect(asked.length).toBeLessThanOrEqual(61)
  })

  it('keeps the last board and says why there is no newer one, and goes on by itself', async () => {
    answers = [status(503), () => Promise.reject(new Error('network')), board(9)]
    await vi.advanceTimersByTimeAsync(every * 2 + 10)
    expect(source.snapshot()).toMatchObject({ board: { packed: 1 }, heard: 0, problem: 'unreachable' })
    await vi.advanceTimersByTimeAsync(every)
    expect(source.snapshot()).toEqual({ board: expect.objectContaining({ packed: 9 }) as unknown, heard: every * 3 })
  })

  it('comes back after its session has ended and somebody signed in', async () => {
    answers = [status(401), board(3)]
    await vi.advanceTimersByTimeAsync(every + 10)
    expect(source.snapshot().problem).toBe('signed_out')
    await vi.advanceTimersByTimeAsync(15_000)
    expect(source.snapshot()).toMatchObject({ board: { packed: 3 } })
    expect(source.snapshot().problem).toBeUndefined()
  })

  it('runs for weeks with one timer, one connection and one board', async () => {
    const before = vi.getTimerCount()
    for (let hour = 0; hour < 24 * 21; hour++) {
      FakeSource.all.at(-1)!.onerror!() // the server is restarted every hour
      await vi.advanceTimersByTimeAsync(60_000)
      FakeSource.all.at(-1)!.onopen!()
      expect(FakeSource.all.filter((s) => !s.closed)).toHaveLength(1)
      FakeSource.all.splice(0, FakeSource.all.length - 1)
    }
    expect(vi.getTimerCount()).toBeLessThanOrEqual(before + 1)
    expect(source.snapshot().board).toBeDefined()
  })
})
