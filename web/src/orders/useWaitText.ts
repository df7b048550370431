import { useT, type Key } from '../i18n/i18n'
import { shortLot } from '../lots/lot'
import type { Order } from './order'

const kinds: Record<string, Key> = {
  release: 'orders.waits.release',
  review: 'orders.waits.review',
  answer: 'orders.waits.answer',
  erp: 'orders.waits.erp',
}

/** What an order waits for, in one phrase. Every open order waits for something. */
export function useWaitText() {
  const t = useT()
  return (order: Order): string => {
    if (order.cancel_requested && order.state !== 'cancelled') return t('orders.waits.cancel')
    if (order.hold) return `${order.hold.reason}, ${order.hold.by}`
    const wait = order.waits_for
    if (!wait) return ''
    const key = kinds[wait.kind]
    return key ? t(key, { subject: shortLot(wait.subject) }).trim() : wait.text
  }
}
