import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { answer, api, type Schemas } from '../api/http'
import { revisionQuery } from '../documents/document'
import { useT } from '../i18n/i18n'
import { can, useMe } from '../session/session'
import { SignaturePanel } from '../sign/SignaturePanel'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { MoveOrder } from './MoveOrder'
import type { Order } from './order'
import classes from './orders.module.css'

type Change = Schemas['RevisionChange']

const running = ['released', 'running', 'held']

/** By which revision the order is made, whether a newer one is in force, and its moves from one to another. */
export function OrderRevision({ order }: { order: Order }) {
  const t = useT()
  const me = useMe()
  const [moving, setMoving] = useState(false)
  const inForce = useQuery(revisionQuery({ kind: 'routing', id: order.product, revision: 'effective' }))
  const changes = useQuery({
    queryKey: ['orders', order.number, 'changes'],
    queryFn: () =>
      answer(
        api.GET('/api/v1/work-orders/{number}/revision-changes', { params: { path: { number: order.number } } }),
      ).then((page) => page.items),
  })
  const newer = inForce.data && inForce.data.revision !== order.revision ? inForce.data : undefined
  const open = (changes.data ?? []).some((c) => c.state === 'requested')
  const mayMove = newer && !open && running.includes(order.state) && can(me, 'order.request-revision')
  return (
    <section aria-labelledby="revision-title">
      <h3 id="revision-title">
        {t('documents.order.made_by')}{' '}
        <Link
          className="id"
          to="/documents/$kind/$id/$revision"
          params={{ kind: 'routing', id: order.product, revision: order.revision }}
        >
          {t('documents.rev', { id: order.product, revision: order.revision })}
        </Link>
      </h3>
      {newer && (
        <p>
          {t('documents.order.newer', { revision: newer.revision })} <Time value={newer.effective_from} form="inline" />
          .{' '}
          {mayMove && (
            <Button size="compact-sm" onClick={() => setMoving(true)}>
              {t('documents.move.button', { revision: newer.revision })}
            </Button>
          )}
        </p>
      )}
      {(changes.data ?? []).map((change) => (
        <ChangeView key={change.id} change={change} />
      ))}
      {moving && newer && <MoveOrder order={order} to={newer.revision} onClose={() => setMoving(false)} />}
    </section>
  )
}

function ChangeView({ change }: { change: Change }) {
  const t = useT()
  const lots = change.lots ?? []
  return (
    <div className={classes.change}>
      <p>
        <Status of="change" state={change.state}>
          {t(`documents.move.state.${change.state}`, { from: change.from, to: change.to })}
        </Status>{' '}
        {change.reason}
        <small>
          {change.requested_by}, <Time value={change.requested_at} />
        </small>
      </p>
      {lots.length > 0 && (
        <ul>
          {lots.map((lot) => (
            <li key={lot.lot}>
              <Link className="id" to="/lots/$lot" params={{ lot: lot.lot }}>
                {lot.lot}
              </Link>{' '}
              <FateText lot={lot} />
            </li>
          ))}
        </ul>
      )}
      <SignaturePanel noun="order_change" id={change.id} consequence={t('documents.move.consequence')} />
    </div>
  )
}

/** What becomes, or became, of one lot. */
export function FateText({ lot }: { lot: Schemas['ChangedLot'] }) {
  const t = useT()
  switch (lot.fate) {
    case 'moved':
      return <>{t('documents.move.fate.moved', { next: lot.next ?? '' })}</>
    case 'waiting':
      return <>{t('documents.move.fate.waiting', { operation: lot.operation })}</>
    default:
      return (
        <>
          {t('documents.move.fate.stays')} {lot.why}
        </>
      )
  }
}
