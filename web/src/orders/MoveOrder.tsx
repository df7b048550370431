import { Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api } from '../api/http'
import { useCommand } from '../command/useCommand'
import { DifferenceTable } from '../documents/Differences'
import { useLanguage, useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { formatDecimal } from '../value/decimal'
import type { Order } from './order'
import classes from './orders.module.css'
import { FateText } from './OrderRevision'
import { orderPath } from './queries'

/** Asks for a running order's move to the revision in force: first what it would do, then why. */
export function MoveOrder({ order, to, onClose }: { order: Order; to: string; onClose: () => void }) {
  const t = useT()
  const language = useLanguage()
  const move = useCommand(onClose)
  const [reason, setReason] = useState('')
  const preview = useQuery({
    queryKey: ['orders', order.number, 'preview', to],
    queryFn: () =>
      answer(
        api.GET('/api/v1/work-orders/{number}/revision-change', {
          params: { path: { number: order.number }, query: { to } },
        }),
      ),
  })
  const data = preview.data
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('documents.move.title', { number: order.number, from: order.revision, to })}
      confirm={t('documents.move.confirm')}
      busy={move.isPending}
      disabled={!data || reason.trim() === ''}
      error={move.error ?? preview.error}
      onConfirm={() =>
        move.mutate({ path: `${orderPath(order.number)}/revision-change`, body: { to, reason: reason.trim() } })
      }
    >
      {preview.isPending && <Rows count={4} />}
      {data && (
        <>
          <p>{t('documents.move.not_started', { quantity: formatDecimal(data.not_started, language) })}</p>
          {data.lots.length > 0 && (
            <ul className={classes.fates} aria-label={t('documents.move.lots')}>
              {data.lots.map((lot) => (
                <li key={lot.lot}>
                  <b className="id">{lot.lot}</b> <FateText lot={lot} />{' '}
                  <span className="label">
                    {t('documents.move.ahead', { operations: (lot.ahead ?? []).join(', ') })}
                  </span>
                </li>
              ))}
            </ul>
          )}
          {data.missed.length > 0 && <p>{t('documents.move.missed', { count: data.missed.length })}</p>}
          <DifferenceTable changes={data.changes} from={data.from} to={data.to} />
        </>
      )}
      <Textarea
        label={t('orders.reason')}
        description={t('documents.move.reason_help')}
        autosize
        minRows={2}
        maxLength={1000}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
