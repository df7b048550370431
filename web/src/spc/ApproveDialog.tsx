import { Textarea } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { chartsPath, type Chart, type Limits } from './spc'

/** Puts limits into force for the points that come from now on; earlier points stay as they were judged. */
export function ApproveDialog({ chart, limits, onClose }: { chart: Chart; limits: Limits; onClose: () => void }) {
  const t = useT()
  const [reason, setReason] = useState('')
  const send = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('spc.approve_title', { version: limits.version, name: chart.name })}
      confirm={t('spc.approve')}
      busy={send.isPending}
      disabled={reason.trim().length < 3}
      error={send.error}
      onConfirm={() =>
        send.mutate({
          path: `${chartsPath}/${encodeURIComponent(chart.id)}/limits/${limits.version}/approve`,
          body: { reason: reason.trim() },
        })
      }
    >
      <p>{t('spc.approve_text', { from: chart.points + 1 })}</p>
      <Textarea
        label={t('orders.reason')}
        value={reason}
        maxLength={500}
        autosize
        minRows={2}
        error={fieldErrors(send.error).reason}
        data-autofocus
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
