import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { personPath, type Detail } from './people'

export type Act = 'unlock' | 'end'

/** Asks why, before an account is unlocked or ended for ever. */
export function ReasonDialog({ person, act, onClose }: { person: Detail; act: Act; onClose: () => void }) {
  const t = useT()
  const [reason, setReason] = useState('')
  const run = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t(`people.ask.${act}.title`, { id: person.id })}
      confirm={t(`people.ask.${act}.confirm`)}
      tone={act === 'end' ? 'crit' : 'act'}
      busy={run.isPending}
      disabled={reason.trim().length < 3}
      error={run.error}
      onConfirm={() => run.mutate({ path: `${personPath(person.id)}/${act}`, body: { reason: reason.trim() } })}
    >
      <p>{t(`people.ask.${act}.text`)}</p>
      <Reason value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}

/** The reason that stands in the audit trail. */
export function Reason({ value, onChange }: { value: string; onChange: (reason: string) => void }) {
  const t = useT()
  return (
    <TextInput
      label={t('people.field.reason')}
      description={t('people.reason_help')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      maxLength={500}
    />
  )
}
