import type { NodeState, ThreadNode } from '../thread/MiniThread'
import type { Routing } from '../plant/plant'

export type LotState =
  'available' | 'consumed' | 'queued' | 'running' | 'paused' | 'review' | 'packed' | 'shipped' | 'scrapped' | 'void'

export type WaitKind = 'station' | 'operator' | 'machine' | 'camera' | 'answer' | 'review' | ''

export interface Wait {
  kind: WaitKind
  on?: string
  since?: string
  reason?: string
  shot?: number
}

export interface Hold {
  id: string
  scope: 'lot' | 'order'
  reason: string
  by: string
  at: string
}

/** One operation on a lot's thread. stopped: held or in review; cut: scrapped or void here. */
export interface Bead {
  operation: string
  name: string
  station: string
  state: 'done' | 'now' | 'ahead' | 'stopped' | 'cut'
  /** More than 1 is rework. */
  visit?: number
}

/** Something that did not go by the plan. */
export interface Exception {
  kind: string
  text: string
  at: string
  by?: string
  link?: string
}

/** A lot, received or produced. Lists leave thread and exceptions empty. */
export interface Lot {
  lot: string
  material: string
  product_name: string
  unit: string
  tracking: 'serial' | 'lot'
  origin: 'received' | 'produced'
  state: LotState
  /** As received or started. */
  quantity: string
  good: string
  scrapped: string
  remaining: string
  order?: string
  /** n-th lot of its order. */
  number?: number
  revision?: string
  operation?: string
  operation_name?: string
  visit?: number
  step?: string
  station?: string
  operator?: string
  wait?: Wait
  /** Open ones, on the lot or its order. */
  holds: Hold[] | null
  supplier?: string
  supplier_lot?: string
  expires_at?: string
  customer?: string
  delivery_note?: string
  created_by: string
  created_at: string
  started_at?: string
  ended_at?: string
  shipped_at?: string
  thread?: Bead[]
  exceptions?: Exception[]
}

export const isHeld = (lot: Pick<Lot, 'holds'>) => (lot.holds?.length ?? 0) > 0

/** A hold lies over every state, and is what must be seen first. */
export const shownState = (lot: Pick<Lot, 'holds' | 'state'>) => (isHeld(lot) ? 'held' : lot.state)

const ended: LotState[] = ['packed', 'shipped', 'consumed']

/** Where a lot stands on its way, one node an operation. The server's own thread goes first when it sends one. */
export function threadOf(lot: Lot, routing: Routing | undefined): ThreadNode[] {
  if (lot.thread) return lot.thread.map((node) => ({ label: node.operation, state: nodeState(node.state, lot) }))
  if (!routing) return []
  const at = ended.includes(lot.state)
    ? routing.operations.length
    : routing.operations.findIndex((operation) => operation.id === lot.operation)
  return routing.operations.map((operation, i) => ({
    label: operation.id,
    state: i < at ? 'done' : i === at ? hereState(lot) : 'ahead',
  }))
}

function nodeState(state: Bead['state'], lot: Lot): NodeState {
  switch (state) {
    case 'now':
      return hereState(lot)
    case 'stopped':
      return isHeld(lot) ? 'held' : 'waits'
    case 'cut':
      return 'stopped'
    default:
      return state
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
