import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Draft, Entry } from './entry'
import { Outbox, type Outcome } from './outbox'

const draft = (label: string): Draft => ({ method: 'POST', path: `/x/${label}`, body: { label }, label, about: 'lot' })
const accepted: Outcome = { kind: 'accepted', body: {} }
const unreached: Outcome = { kind: 'unreached' }

let keys: number
let sent: string[]

beforeEach(() => {
  keys = 0
  sent = []
})

function outbox(send: (entry: Entry) => Promise<Outcome>, more: Partial<ConstructorParameters<typeof Outbox>[0]> = {}) {
  return new Outbox({
    send: async (entry) => {
      sent.push(`${entry.label}:${entry.key}`)
      return send(entry)
    },
    newKey: () => `k${++keys}`,
    wait: () => Promise.resolve(),
    user: () => 'OP-114',
    ...more,
  })
}

describe('Outbox', () => {
  it('sends each entry once, in order', async () => {
    const box = outbox(async () => accepted)
    for (const label of ['a', 'b', 'c']) box.add(draft(label))
    await vi.waitFor(() => expect(box.snapshot()).toEqual([]))
    expect(sent).toEqual(['a:k1', 'b:k2', 'c:k3'])
  })
  it('repeats with the same key until the server answers, and lets nothing overtake', async () => {
    let down = 3
    const box = outbox(async () => (down-- > 0 ? unreached : accepted))
    box.add(draft('a'))
    box.add(draft('b'))
    await vi.waitFor(() => expect(box.snapshot()).toEqual([]))
    expect(sent).toEqual(['a:k1', 'a:k1', 'a:k1', 'a:k1', 'b:k2'])
  })
  it('survives a reload: a new outbox finds what was kept, with its key', async () => {
    const never = new Promise<void>(() => undefined)
    const first = outbox(async () => unreached, { wait: () => never })
    first.add(draft('a'))
    await vi.waitFor(() => expect(sent).toHaveLength(1))
    const second = outbox(async () => accepted)
    expect(second.snapshot().map((e) => e.label)).toEqual(['a'])
    second.kick()
    await vi.waitFor(() => expect(second.snapshot()).toEqual([]))
    expect(sent).toEqual(['a:k1', 'a:k1'])
  })
  it('keeps a refused entry with its reason, goes on with the next, and forgets it only when told', async () => {
    const problem = { status: 422, title: '12.9 ml is over the limit of 12.8.' }
    const box = outbox(async (e) => (e.label === 'a' ? { kind: 'refused', problem } : accepted))
    box.add(draft('a'))
    box.add(draft('b'))
    await vi.waitFor(() => expect(sent).toHaveLength(2))
    await vi.waitFor(() => expect(box.snapshot()).toHaveLength(1))
    expect(box.snapshot()[0]).toMatchObject({ label: 'a', state: 'refused', problem, body: { label: 'a' } })
    box.dismiss('k1')
    expect(box.snapshot()).toEqual([])
  })
  it('does not dismiss what is still to be sent', async () => {
    const box = outbox(async () => unreached, { wait: () => new Promise(() => undefined) })
    const key = box.add(draft('a'))
    box.dismiss(key)
    expect(box.snapshot()).toHaveLength(1)
  })
  it("leaves another person's entries until that person is back", async () => {
    let user = 'OP-114'
    let down = true
    const box = outbox(async () => (down ? unreached : accepted), { user: () => user })
    box.add(draft('mine'))
    user = 'OP-115'
    down = false
    box.kick()
    box.add(draft('theirs'))
    await vi.waitFor(() => expect(box.snapshot().map((e) => e.label)).toEqual(['mine']))
    user = 'OP-114'
    box.kick()
    await vi.waitFor(() => expect(box.snapshot()).toEqual([]))
  })
  it('starts empty when the kept text cannot be read', () => {
    localStorage.setItem('st.outbox', '{broken')
    expect(outbox(async () => accepted).snapshot()).toEqual([])
  })
})
