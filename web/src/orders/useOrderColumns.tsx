import { IconAlertTriangle, IconLock } from '@tabler/icons-react'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo } from 'react'
import { useT } from '../i18n/i18n'
import { Note, Status } from '../status/Status'
import { dayKey, zoneName } from '../time/format'
import { useNow } from '../time/now'
import { useZone } from '../time/site'
import { Time } from '../time/Time'
import { Quantity } from '../value/Quantity'
import { lateness, type Order } from './order'
import { ProgressBar } from './QuantityBar'
import { useWaitText } from './useWaitText'

export function useOrderColumns(): ColumnDef<Order>[] {
  const t = useT()
  const zone = useZone()
  return useMemo(
    () => [
      {
        id: 'number',
        header: t('orders.column.order'),
        meta: { width: '21%', sort: 'number' },
        cell: ({ row: { original: order } }) => (
          <span className="id">
            <b>{order.number}</b>
            <small>{order.product}</small>
          </span>
        ),
      },
      {
        id: 'state',
        header: t('orders.column.state'),
        meta: { width: '30%', sort: 'state' },
        cell: ({ row: { original: order } }) => (
          <>
            <Status of="order" state={order.state} />
            <WaitsFor order={order} />
          </>
        ),
      },
      {
        id: 'good',
        header: t('orders.column.good'),
        meta: { width: '21%' },
        cell: ({ row: { original: order } }) => (
          <>
            <Quantity value={order.good} strong /> / <Quantity value={order.quantity} />
            <ProgressBar order={order} />
          </>
        ),
      },
      {
        id: 'due',
        header: t('orders.column.due', { zone: zoneName(zone, new Date()) }),
        meta: { width: '28%', sort: 'due' },
        cell: ({ row: { original: order } }) => (
          <>
            <Time value={order.due} zone={false} />
            <Expected order={order} />
          </>
        ),
      },
    ],
    [t, zone],
  )
}

function WaitsFor({ order }: { order: Order }) {
  const text = useWaitText()(order)
  if (!text) return null
  if (order.state === 'held')
    return (
      <small>
        <Note tone="plain" icon={IconLock}>
          {text}
        </Note>
      </small>
    )
  return <small>{text}</small>
}

/** The second line of the due date: when it is expected, and a warning when that is late. */
export function Expected({ order }: { order: Order }) {
  const t = useT()
  const now = useNow()
  const zone = useZone()
  const { late } = lateness(order, now)
  // On the day of the due date the clock alone is enough.
  const sameDay =
    order.expected !== undefined && dayKey(zone, new Date(order.expected)) === dayKey(zone, new Date(order.due))
  if (late)
    return (
      <small>
        <Note tone="warn" icon={IconAlertTriangle}>
          {order.expected ? (
            <>
              {t('orders.expected')} <Time value={order.expected} form={sameDay ? 'clock' : 'inline'} zone={false} />
            </>
          ) : (
            t('orders.late')
          )}
        </Note>
      </small>
    )
  if (!order.expected) return <small>{t('orders.priority', { n: order.priority })}</small>
  return (
    <small>
      {t('orders.expected')} <Time value={order.expected} form={sameDay ? 'clock' : 'inline'} zone={false} />
    </small>
  )
}
