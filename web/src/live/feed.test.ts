import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Feed, readChange, readTime, type Change } from './feed'
import { shows } from './shows'

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
  say(data: string, type = 'message') {
    this.dispatchEvent(new MessageEvent(type, { data }))
  }
}

let changes: Change[][]
let reconnects: number
let feed: Feed
const source = () => FakeSource.all.at(-1)!

beforeEach(() => {
  vi.useFakeTimers({ now: 0 })
  FakeSource.all = []
  changes = []
  reconnects = 0
  feed = new Feed(
    '/events',
    (batch) => changes.push(batch),
    () => reconnects++,
    { open: () => new FakeSource() as unknown as EventSource },
  )
  feed.start()
})
afterEach(() => {
  feed.stop()
  vi.useRealTimers()
})

describe('Feed', () => {
  it('hears of every kind of change that makes a screen old', () => {
    source().onopen!()
    for (const kind of Object.keys(shows)) source().say(JSON.stringify({ kind, id: '1' }), kind)
    vi.advanceTimersByTime(200)
    expect(changes.flat().map((change) => change.kind)).toEqual(Object.keys(shows))
  })
  it('is live once open, and hands changes on in one batch without doubles', () => {
    expect(feed.snapshot().live).toBe(false)
    source().onopen!()
    expect(feed.snapshot().live).toBe(true)
    for (const id of ['1', '2', '1']) source().say(JSON.stringify({ kind: 'lot', id }))
    vi.advanceTimersByTime(200)
    expect(changes).toEqual([
      [
        { kind: 'lot', id: '1' },
        { kind: 'lot', id: '2' },
      ],
    ])
  })
  it('reconnects after an error, says since when, and asks for everything again', () => {
    source().onopen!()
    vi.advanceTimersByTime(5000)
    source().onerror!()
    expect(feed.snapshot()).toMatchObject({ live: false, lostAt: 5000 })
    vi.advanceTimersByTime(1000)
    expect(FakeSource.all).toHaveLength(2)
    source().onerror!()
    expect(feed.snapshot().lostAt).toBe(5000)
    vi.advanceTimersByTime(2000)
    source().onopen!()
    expect(feed.snapshot()).toEqual({ live: true, heard: 8000 })
    expect(reconnects).toBe(1)
  })
  it('does not trust a silent socket', () => {
    source().onopen!()
    vi.advanceTimersByTime(9_000)
    source().say('{"at":"2026-11-24T10:00:00Z"}', 'now')
    vi.advanceTimersByTime(9_000)
    expect(feed.snapshot().live).toBe(true)
    vi.advanceTimersByTime(4_000)
    expect(feed.snapshot().live).toBe(false)
  })
})

describe('readChange', () => {
  it.each([
    ['{"kind":"lot","id":"L1"}', { kind: 'lot', id: 'L1' }],
    ['{"kind":"health"}', { kind: 'health', id: '' }],
    ['{"id":"L1"}', undefined],
    ['not json', undefined],
    [undefined, undefined],
  ])('%s', (data, change) => expect(readChange(data)).toEqual(change))
})

it('readTime takes the server at its word, or falls back', () => {
  expect(readTime('{"at":"2026-11-24T10:00:00Z"}')).toBe(Date.parse('2026-11-24T10:00:00Z'))
  expect(Math.abs(readTime('nonsense') - Date.now())).toBeLessThan(1000)
})
