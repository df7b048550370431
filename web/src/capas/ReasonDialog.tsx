import { Textarea } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'

/** A command that needs nothing but a reason. */
export function ReasonDialog({
  title,
  confirm,
  path,
  onClose,
}: {
  title: string
  confirm: string
  path: string
  onClose: () => void
}) {
  const t = useT()
  const [reason, setReason] = useState('')
  const run = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={title}
      confirm={confirm}
      busy={run.isPending}
      disabled={!reason.trim()}
      error={run.error}
      onConfirm={() => run.mutate({ path, body: { reason: reason.trim() } })}
    >
      <Textarea
        label={t('orders.reason')}
        description={t('orders.reason_help')}
        value={reason}
        maxLength={500}
        autosize
        minRows={2}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={fieldErrors(run.error).reason}
        data-autofocus
      />
    </ConfirmDialog>
  )
}
