import { shows } from './shows'

/** What the server says has changed: only which thing, never its content. The screen fetches again. */
export interface Change {
  kind: string
  id: string
}

export interface FeedState {
  live: boolean
  /** When the last word came, in ms; undefined before the first. */
  heard?: number
  /** Since when there is no connection, in ms. */
  lostAt?: number
}

interface Options {
  open?: (url: string) => EventSource
  now?: () => number
  /** No word for so long means that the line is dead, even when the socket says otherwise. */
  silence?: number
  batch?: number
  /** Told the server's time, in ms, whenever it says it. */
  onServerTime?: (time: number) => void
}

/** The server names each event after what changed; `lost` says that some were missed. */
const changeEvents = ['message', 'lost', ...Object.keys(shows)]

const retries = [1000, 2000, 4000, 8000, 15_000]

/**
 * One connection to the server's event stream. It reconnects by itself, says when it is not live, and hands changes on
 * in small batches, so that a busy minute does not become a storm of requests.
 */
export class Feed {
  private source: EventSource | undefined
  private attempts = 0
  private pending = new Map<string, Change>()
  private flushTimer: ReturnType<typeof setTimeout> | undefined
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private watchdog: ReturnType<typeof setInterval> | undefined
  private listeners = new Set<() => void>()
  private state: FeedState = { live: false }
  private readonly now: () => number

  constructor(
    private url: string,
    private onChanges: (changes: Change[]) => void,
    private onReconnect: () => void,
    private options: Options = {},
  ) {
    this.now = options.now ?? Date.now
  }

  start() {
    this.connect()
    const silence = this.options.silence ?? 11_000
    this.watchdog = setInterval(() => {
      if (this.state.live && this.now() - (this.state.heard ?? 0) > silence) this.lost()
    }, 1000)
  }

  stop() {
    clearInterval(this.watchdog)
    clearTimeout(this.retryTimer)
    clearTimeout(this.flushTimer)
    this.source?.close()
    this.source = undefined
    this.set({ live: false })
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  snapshot = () => this.state

  private connect() {
    const source = (this.options.open ?? ((url) => new EventSource(url)))(this.url)
    this.source = source
    source.onopen = () => this.opened()
    source.onerror = () => this.lost()
    for (const name of changeEvents) source.addEventListener(name, (event) => this.received(event as MessageEvent))
    source.addEventListener('now', (event) => {
      // The clock first: what follows is counted on it.
      this.options.onServerTime?.(readTime((event as MessageEvent).data))
      this.heard()
    })
  }

  private opened() {
    const again = this.state.lostAt !== undefined
    this.attempts = 0
    this.set({ live: true, heard: this.now() })
    // What happened while the line was cut is not repeated: everything on screen is asked for once more.
    if (again) this.onReconnect()
  }

  private heard() {
    if (!this.state.live) this.opened()
    else this.state = { ...this.state, heard: this.now() }
  }

  private received(event: MessageEvent) {
    this.heard()
    const change = readChange(event.data)
    if (!change) return
    this.pending.set(`${change.kind}/${change.id}`, change)
    this.flushTimer ??= setTimeout(() => {
      this.flushTimer = undefined
      const changes = [...this.pending.values()]
      this.pending.clear()
      this.onChanges(changes)
    }, this.options.batch ?? 150)
  }

  private lost() {
    this.source?.close()
    this.source = undefined
    if (this.state.lostAt === undefined) this.set({ live: false, heard: this.state.heard, lostAt: this.now() })
    clearTimeout(this.retryTimer)
    const wait = retries[Math.min(this.attempts++, retries.length - 1)]!
    this.retryTimer = setTimeout(() => this.connect(), wait)
  }

  private set(state: FeedState) {
    this.state = state
    this.listeners.forEach((listener) => listener())
  }
}

/** Reads one event; what is not understood is nothing, since the next fetch shows the truth anyway. */
export function readChange(data: unknown): Change | undefined {
  if (typeof data !== 'string') return undefined
  try {
    const value = JSON.parse(data) as Partial<Change>
    return typeof value.kind === 'string' ? { kind: value.kind, id: String(value.id ?? '') } : undefined
  } catch {
    return undefined
  }
}

/** The server's clock in ms, or this machine's when it can't be read. */
export function readTime(data: unknown): number {
  try {
    const time = new Date((JSON.parse(String(data)) as { at?: string }).at ?? '').getTime()
    return Number.isNaN(time) ? Date.now() : time
  } catch {
    return Date.now()
  }
}
