import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { path } from './inspection'

/** Gives up an inspection that was opened by hand. */
export function CancelDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT()
  const [reason, setReason] = useState('')
  const cancel = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('inspections.cancel_title', { id })}
      confirm={t('inspections.cancel')}
      busy={cancel.isPending}
      disabled={reason.trim() === ''}
      error={cancel.error}
      onConfirm={() => cancel.mutate({ path: `${path}/${id}/cancel`, body: { reason: reason.trim() } })}
    >
      <TextInput
        label={t('inspections.field.reason')}
        value={reason}
        maxLength={500}
        error={fieldErrors(cancel.error).reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-autofocus
      />
    </ConfirmDialog>
  )
}
