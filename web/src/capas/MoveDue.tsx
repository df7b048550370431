import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { MomentField } from '../form/MomentField'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { fromFieldValue, toFieldValue } from '../time/format'
import { useNow } from '../time/now'
import { useZone } from '../time/site'
import { path, type Capa } from './capa'

const week = 7 * 24 * 60 * 60 * 1000

/** Another due date for a discipline, with the reason that goes into the audit trail. */
export function MoveDue({ capa, d, onClose }: { capa: Capa; d: number; onClose: () => void }) {
  const t = useT()
  const zone = useZone()
  const [due, setDue] = useState(toFieldValue(zone, new Date(useNow() + week)))
  const [reason, setReason] = useState('')
  const run = useCommand(onClose)
  const errors = fieldErrors(run.error)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('capas.move_due_title', { d: `D${d}` })}
      confirm={t('capas.move_due')}
      busy={run.isPending}
      disabled={!due || !reason.trim()}
      error={run.error}
      onConfirm={() =>
        run.mutate({
          path: `${path}/${capa.id}/disciplines/${d}/due`,
          body: { due_at: fromFieldValue(zone, due).toISOString(), reason: reason.trim(), seen: capa.version },
        })
      }
    >
      <MomentField label={t('capas.column.due')} value={due} onChange={setDue} error={errors.due_at} data-autofocus />
      <TextInput
        label={t('orders.reason')}
        description={t('orders.reason_help')}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={errors.reason}
      />
    </ConfirmDialog>
  )
}
