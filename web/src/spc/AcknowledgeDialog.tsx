import { Textarea } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { alarmsPath, type ChartAlarm } from './spc'
import { useAlarmText } from './words'

/** Closes an alarm with the word of a person: what the cause was, what was done. */
export function AcknowledgeDialog({ alarm, onClose }: { alarm: ChartAlarm; onClose: () => void }) {
  const t = useT()
  const text = useAlarmText()
  const [reason, setReason] = useState('')
  const send = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('spc.acknowledge_title', { name: alarm.name })}
      confirm={t('spc.acknowledge')}
      busy={send.isPending}
      disabled={reason.trim().length < 3}
      error={send.error}
      onConfirm={() => send.mutate({ path: `${alarmsPath}/${alarm.id}/acknowledge`, body: { reason: reason.trim() } })}
    >
      <Facts
        rows={[
          [t('spc.column.rule'), `${alarm.rule}: ${text(alarm)}`],
          [t('spc.column.run'), t('spc.run', { first: alarm.first, last: alarm.last })],
          [t('spc.column.limits'), alarm.limits],
          [t('spc.column.lot'), alarm.lot],
          [t('spc.column.opened'), <Time key="t" value={alarm.opened_at} form="full" />],
        ]}
      />
      <Textarea
        label={t('spc.cause')}
        description={t('spc.cause_hint')}
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
