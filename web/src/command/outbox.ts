import type { Problem } from '../api/problem'
import type { Draft, Entry } from './entry'

/** How one try to send ended. */
export type Outcome =
  | { kind: 'accepted'; body: unknown }
  | { kind: 'refused'; problem: Problem }
  /** No answer, or one that says "later": the entry stays and is tried again. */
  | { kind: 'unreached' }

export interface OutboxOptions {
  send: (entry: Entry) => Promise<Outcome>
  /** Runs a job while no other tab of this browser sends. */
  exclusive?: <T>(job: () => Promise<T>) => Promise<T>
  store?: Pick<Storage, 'getItem' | 'setItem'>
  now?: () => number
  newKey?: () => string
  wait?: (ms: number) => Promise<void>
  onAccepted?: (entry: Entry, body: unknown) => void
  user?: () => string
}

const storageKey = 'st.outbox'
const pauses = [500, 1000, 2000, 5000, 10_000]

/**
 * The outbox of a terminal: entries are written down before they are sent, survive a reload, go out in the order in
 * which they were made, and leave only on the server's word. A refused entry stays with its reason until it is seen.
 */
export class Outbox {
  private entries: Entry[]
  private sending = false
  private listeners = new Set<() => void>()
  private wakeUp: (() => void) | undefined
  private failures = 0
  private readonly store: Pick<Storage, 'getItem' | 'setItem'>

  constructor(private options: OutboxOptions) {
    this.store = options.store ?? localStorage
    this.entries = readEntries(this.store.getItem(storageKey))
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  snapshot = () => this.entries

  /** Writes an entry down and starts sending. Returns its key. */
  add(draft: Draft): string {
    const key = (this.options.newKey ?? (() => crypto.randomUUID()))()
    const at = (this.options.now ?? Date.now)()
    this.write([...this.fresh(), { ...draft, key, at, user: this.options.user?.() ?? '', state: 'kept' }])
    this.kick()
    return key
  }

  /** Takes a refused entry off the list, after it was read. */
  dismiss(key: string) {
    this.write(this.fresh().filter((entry) => entry.key !== key || entry.state !== 'refused'))
  }

  /** Tries at once: the connection came back, or someone signed in. */
  kick() {
    this.wakeUp?.()
    if (!this.sending) void this.drain()
  }

  /** Takes over what another tab wrote. */
  reload() {
    this.entries = this.fresh()
    this.tell()
    this.kick()
  }

  private async drain() {
    this.sending = true
    const exclusive = this.options.exclusive ?? ((job) => job())
    try {
      while (this.nextEntry()) {
        const reached = await exclusive(() => this.sendNext())
        if (!reached) await this.pause()
      }
    } finally {
      this.sending = false
    }
  }

  /** Sends the oldest entry. False when the server was not reached, or nobody entitled is signed in. */
  private async sendNext(): Promise<boolean> {
    this.entries = this.fresh() // another tab may have sent it meanwhile
    const entry = this.nextEntry()
    if (!entry) return true
    const outcome = await this.options.send(entry)
    if (outcome.kind === 'unreached') {
      this.failures++
      this.tell()
      return false
    }
    this.failures = 0
    if (outcome.kind === 'accepted') {
      this.write(this.fresh().filter((e) => e.key !== entry.key))
      this.options.onAccepted?.(entry, outcome.body)
    } else {
      this.write(
        this.fresh().map((e) => (e.key === entry.key ? { ...e, state: 'refused', problem: outcome.problem } : e)),
      )
    }
    return true
  }

  private nextEntry() {
    const user = this.options.user?.() ?? ''
    const first = this.entries.find((entry) => entry.state === 'kept')
    // Order holds across people: what someone else left here waits for its owner and keeps its place only for them.
    return first && first.user === user ? first : this.entries.find((e) => e.state === 'kept' && e.user === user)
  }

  private async pause() {
    const ms = pauses[Math.min(this.failures - 1, pauses.length - 1)] ?? 500
    const wait = this.options.wait ?? ((time) => new Promise<void>((done) => setTimeout(done, time)))
    await Promise.race([wait(ms), new Promise<void>((done) => (this.wakeUp = done))])
    this.wakeUp = undefined
  }

  private fresh(): Entry[] {
    return readEntries(this.store.getItem(storageKey))
  }

  private write(entries: Entry[]) {
    this.entries = entries
    this.store.setItem(storageKey, JSON.stringify(entries))
    this.tell()
  }

  private tell() {
    this.listeners.forEach((listener) => listener())
  }
}

function readEntries(text: string | null): Entry[] {
  if (!text) return []
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? (value as Entry[]) : []
  } catch {
    return []
  }
}
