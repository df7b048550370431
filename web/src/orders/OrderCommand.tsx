import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useLanguage, useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { formatDecimal } from '../value/decimal'
import type { Order } from './order'
import { orderPath } from './queries'

export type CommandName = 'release' | 'hold' | 'resume' | 'cancel'

const tones = { release: 'act', hold: 'hold', resume: 'act', cancel: 'crit' } as const

/** Asks before an order is released, held, resumed or cancelled: what it does to how many pieces, and why. */
export function OrderCommand({ order, command, onClose }: { order: Order; command: CommandName; onClose: () => void }) {
  const t = useT()
  const language = useLanguage()
  const [reason, setReason] = useState('')
  const run = useCommand(onClose)
  const needsReason = command !== 'release'
  const numbers = {
    number: order.number,
    product: order.product,
    quantity: formatDecimal(order.quantity, language),
    in_process: formatDecimal(order.in_process, language),
    not_started: formatDecimal(order.not_started, language),
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t(`orders.ask.${command}.title`, numbers)}
      confirm={t(`orders.ask.${command}.confirm`, numbers)}
      tone={tones[command]}
      busy={run.isPending}
      disabled={needsReason && reason.trim() === ''}
      error={run.error}
      onConfirm={() => run.mutate({ path: `${orderPath(order.number)}/${command}`, body: { reason: reason.trim() } })}
    >
      <p>{t(`orders.ask.${command}.text`, numbers)}</p>
      {needsReason && (
        <TextInput
          label={t('orders.reason')}
          description={t('orders.reason_help')}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
          maxLength={500}
        />
      )}
    </ConfirmDialog>
  )
}
