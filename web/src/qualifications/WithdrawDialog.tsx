import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { path, type Certificate } from './qualification'

/** Ends a certificate before its time: the person is blocked at once where it is needed. */
export function WithdrawDialog({ certificate, onClose }: { certificate: Certificate; onClose: () => void }) {
  const t = useT()
  const [reason, setReason] = useState('')
  const withdraw = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      tone="crit"
      title={t('qualifications.withdraw_title', {
        skill: certificate.skill_name,
        level: certificate.level,
        name: certificate.name,
      })}
      confirm={t('qualifications.withdraw')}
      busy={withdraw.isPending}
      disabled={!reason.trim()}
      error={withdraw.error}
      onConfirm={() => withdraw.mutate({ path: `${path}/${certificate.id}/withdraw`, body: { reason: reason.trim() } })}
    >
      <p>{t('qualifications.withdraw_text')}</p>
      <TextInput
        label={t('orders.reason')}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-autofocus
      />
    </ConfirmDialog>
  )
}
