import { Button, TextInput } from '@mantine/core'
import { IconEyeOff } from '@tabler/icons-react'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { holdPath, type HoldView } from './hold'

/** Ends the joining of new lots; until then the hold can't close. */
export function EndWatch({ hold }: { hold: HoldView }) {
  const t = useT()
  const [asking, setAsking] = useState(false)
  const [reason, setReason] = useState('')
  const run = useCommand(() => setAsking(false))
  return (
    <>
      <Button leftSection={<IconEyeOff className="icon" aria-hidden />} onClick={() => setAsking(true)}>
        {t('holds.end_watch')}
      </Button>
      {asking && (
        <ConfirmDialog
          opened
          onClose={() => setAsking(false)}
          title={t('holds.end_watch')}
          confirm={t('holds.end_watch')}
          busy={run.isPending}
          disabled={reason.trim() === ''}
          error={run.error}
          onConfirm={() => run.mutate({ path: `${holdPath(hold.id)}/end-watch`, body: { reason: reason.trim() } })}
        >
          <p>{t('holds.end_watch_text')}</p>
          <TextInput
            label={t('orders.reason')}
            description={t('orders.reason_help')}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={fieldErrors(run.error).reason}
            maxLength={500}
            data-autofocus
          />
        </ConfirmDialog>
      )}
    </>
  )
}
