import type { Schemas } from '../api/http'
import type { NodeState, ThreadNode } from '../thread/MiniThread'
import type { Routing } from '../plant/plant'

/** A lot, received or produced. Lists leave thread and exceptions empty. */
export type Lot = Schemas['LotView']
export type LotState = Lot['state']
export type Hold = Schemas['HoldNote']
export type Wait = Schemas['WaitView']

export const isHeld = (lot: Pick<Lot, 'holds'>) => (lot.holds?.length ?? 0) > 0

/** A hold lies over every state, and is what must be seen first. */
export const shownState = (lot: Pick<Lot, 'holds' | 'state'>) => (isHeld(lot) ? 'held' : lot.state)

const ended: LotState[] = ['packed', 'shipped', 'consumed']

/** Where a lot stands on its way, one node an operation. The server's own thread goes first when it sends one. */
export function threadOf(lot: Lot, routing: Routing | undefined): ThreadNode[] {
  if (lot.thread) return lot.thread.map((node) => ({ label: node.operation, state: nodeState(node.state, lot) }))
  const operations = routing?.operations ?? []
  const at = ended.includes(lot.state)
    ? operations.length
    : operations.findIndex((operation) => operation.id === lot.operation)
  return operations.map((operation, i) => ({
    label: operation.id,
    state: i < at ? 'done' : i === at ? hereState(lot) : 'ahead',
  }))
}

function nodeState(state: string, lot: Lot): NodeState {
  switch (state) {
    case 'now':
      return hereState(lot)
    case 'stopped':
      return isHeld(lot) ? 'held' : 'waits'
    case 'cut':
      return 'stopped'
    case 'done':
      return 'done'
    default:
      return 'ahead'
  }
}

function hereState(lot: Lot): NodeState {
  if (isHeld(lot)) return 'held'
  if (lot.state === 'scrapped' || lot.state === 'void') return 'stopped'
  if (lot.wait?.kind === 'answer' || lot.state === 'review') return 'waits'
  return 'now'
}

/** The column heads above mini-threads: what tells the operations apart. "ST10", "ST20" become 10, 20. */
export function axisOf(ids: string[]): string[] {
  const digits = ids.map((id) => /(\d+)$/.exec(id)?.[1])
  return digits.every((d) => d !== undefined) && new Set(digits).size === ids.length ? (digits as string[]) : ids
}

/** The last four digits are what people read aloud. */
export const shortLot = (lot: string) => /(\d{4})$/.exec(lot)?.[1] ?? lot
