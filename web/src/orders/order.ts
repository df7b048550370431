import type { Schemas } from '../api/http'
import { compareDecimal, sum } from '../value/decimal'

export type Order = Schemas['Order']
export type OrderState = Order['state']

/** Commands that a state allows; the server has the last word. */
export function commandsFor(order: Order) {
  const ended = ['completed', 'closed', 'cancelled'].includes(order.state)
  const open = !ended && !order.cancel_requested
  return {
    release: order.state === 'created',
    change: open,
    hold: !ended && order.state !== 'held',
    resume: order.state === 'held',
    cancel: open,
  }
}

export type Share = 'good' | 'held' | 'in_process' | 'scrap' | 'not_started'

/** How the ordered quantity divides, in the order in which it is drawn. Under a hold, what is in process stands still. */
export function sharesOf(order: Order): { share: Share; quantity: string }[] {
  return [
    { share: 'good', quantity: order.good },
    { share: order.state === 'held' ? 'held' : 'in_process', quantity: order.in_process },
    { share: 'scrap', quantity: order.scrap },
    { share: 'not_started', quantity: order.not_started },
  ]
}

/** The equation of the ledger, as a check of what is shown: ordered = good + scrap + in process + not started. */
export const balances = (order: Order) =>
  compareDecimal(order.quantity, sum([order.good, order.scrap, order.in_process, order.not_started])) === 0

/** Late when it is expected after its due date, or when that date is over and it is not done. */
export function lateness(order: Order, now: number): { late: boolean; by: number } {
  if (['completed', 'closed', 'cancelled'].includes(order.state)) return { late: false, by: 0 }
  const due = new Date(order.due).getTime()
  const end = Math.max(order.expected ? new Date(order.expected).getTime() : 0, now > due ? now : 0)
  return { late: end > due, by: Math.max(0, end - due) }
}
