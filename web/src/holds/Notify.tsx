import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { holdPath, type PlaceCount } from './hold'

/** Notes that a customer was told; telling is done by people. */
export function Notify({ hold, place, onClose }: { hold: string; place: PlaceCount; onClose: () => void }) {
  const t = useT()
  const [how, setHow] = useState('')
  const run = useCommand(onClose)
  const customer = place.at ?? ''
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('holds.notify_title', { customer })}
      confirm={t('holds.notify_confirm')}
      busy={run.isPending}
      disabled={how.trim() === ''}
      error={run.error}
      onConfirm={() =>
        run.mutate({
          path: `${holdPath(hold)}/notify`,
          body: { customer, delivery_note: place.note, how: how.trim() },
        })
      }
    >
      <p>{t('holds.notify_text', { count: place.lots, note: place.note ?? '' })}</p>
      <TextInput
        label={t('holds.field.how')}
        description={t('holds.field.how_help')}
        value={how}
        onChange={(event) => setHow(event.currentTarget.value)}
        error={fieldErrors(run.error).how}
        maxLength={500}
        data-autofocus
      />
    </ConfirmDialog>
  )
}
