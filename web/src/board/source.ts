import { Feed } from '../live/feed'
import { monotonic, type LineBoard } from './board'

/** What the board knows. There is one of it: nothing is kept of what was before. */
export interface BoardState {
  board?: LineBoard
  /** When the newest board came, in ms of the monotonic clock. */
  heard?: number
  /** Why there is none, or no newer one. */
  problem?: 'signed_out' | 'forbidden' | 'unknown_line' | 'unreachable'
}

interface Options {
  fetch?: (url: string, init: RequestInit) => Promise<Response>
  open?: (url: string) => EventSource
  now?: () => number
  onServerTime?: (time: number) => void
}

/** Without any word the board is asked for again after so long, in ms: well within the 10 s after which data is too old. */
export const every = 4_000
/** Changes come in bursts; the board is asked for no more often than this. */
export const atMost = 1_000
const patience = 8_000
/** Nobody will sign in at a wall at once. */
const afterRefusal = 15_000

/**
 * Reads a line's board, again on each change and every few seconds, for weeks: at most one question and one timer at a time, and
 * one answer in memory. Whatever fails is tried again.
 */
export class BoardSource {
  private state: BoardState = {}
  private listeners = new Set<() => void>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private asking = false
  private again = false
  private asked = -Infinity
  private running = false
  private readonly feed: Feed
  private readonly now: () => number

  constructor(
    private readonly line: string,
    private readonly options: Options = {},
  ) {
    this.now = options.now ?? monotonic
    this.feed = new Feed(
      `${this.address()}/events`,
      () => this.soon(),
      () => this.soon(),
      { now: this.now, ...(options.open ? { open: options.open } : {}) },
    )
  }

  start() {
    this.running = true
    this.feed.start()
    void this.ask()
  }

  stop() {
    this.running = false
    clearTimeout(this.timer)
    this.feed.stop()
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  snapshot = () => this.state

  private address = () => `/api/v1/board/${encodeURIComponent(this.line)}`

  /** Asks when the last question is long enough ago. */
  private soon() {
    this.wait(Math.max(0, atMost - (this.now() - this.asked)))
  }

  private wait(ms: number) {
    if (!this.running) return
    if (this.asking) {
      this.again = true
      return
    }
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.ask(), ms)
  }

  private async ask() {
    if (this.asking || !this.running) return
    clearTimeout(this.timer)
    this.asking = true
    this.again = false
    this.asked = this.now()
    const problem = await this.read()
    this.asking = false
    if (!this.running) return
    if (this.again && !problem) this.soon()
    else this.wait(problem && problem !== 'unreachable' ? afterRefusal : every)
  }

  private async read(): Promise<BoardState['problem']> {
    let problem: BoardState['problem']
    try {
      const ask = this.options.fetch ?? ((url, init) => fetch(url, init))
      const response = await ask(this.address(), {
        credentials: 'same-origin',
        cache: 'no-store',
        // That a board is shown is nobody's hand at it: it keeps no session awake.
        headers: { accept: 'application/json', 'x-quiet': '1' },
        signal: AbortSignal.timeout(patience),
      })
      if (response.ok) {
        const board = (await response.json()) as LineBoard
        this.options.onServerTime?.(new Date(board.at).getTime())
        this.set({ board, heard: this.now() })
        return undefined
      }
      await response.body?.cancel()
      problem =
        ({ 401: 'signed_out', 403: 'forbidden', 404: 'unknown_line' } as const)[response.status as 401 | 403 | 404] ??
        'unreachable'
    } catch {
      problem = 'unreachable'
    }
    this.set({ ...this.state, problem })
    return problem
  }

  private set(state: BoardState) {
    this.state = state
    this.listeners.forEach((listener) => listener())
  }
}
