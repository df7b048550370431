import { Radio, Stack, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { path, type Recall } from './recall'

/** Asks which lot, why, and whether it is a drill. A recall finds; it moves and holds nothing. */
export function StartRecall({ lot: given, onClose }: { lot?: string; onClose: () => void }) {
  const t = useT()
  const navigate = useNavigate()
  const [lot, setLot] = useState(given ?? '')
  const [reason, setReason] = useState('')
  const [kind, setKind] = useState('mock')
  const run = useCommand<Recall>((recall) => void navigate({ to: '/recalls/$id', params: { id: recall.id } }))
  const errors = fieldErrors(run.error)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('recalls.ask.title')}
      confirm={t('recalls.ask.confirm')}
      busy={run.isPending}
      disabled={!lot.trim() || !reason.trim()}
      error={run.error}
      onConfirm={() => run.mutate({ path, body: { lot: lot.trim(), mock: kind === 'mock', reason: reason.trim() } })}
    >
      <p>{t('recalls.ask.text')}</p>
      <TextInput
        label={t('recalls.column.lot')}
        value={lot}
        maxLength={64}
        onChange={(event) => setLot(event.currentTarget.value)}
        error={errors.lot}
        data-autofocus
      />
      <TextInput
        label={t('orders.reason')}
        description={t('orders.reason_help')}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={errors.reason}
      />
      <Radio.Group label={t('recalls.ask.kind')} value={kind} onChange={setKind}>
        <Stack gap="sm" mt="xs">
          <Radio value="mock" label={t('recalls.mock')} />
          <Radio value="real" label={t('recalls.real')} />
        </Stack>
      </Radio.Group>
    </ConfirmDialog>
  )
}
