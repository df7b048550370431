import { NumberInput, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { peopleOf } from './AssignDialog'
import type { Plan } from './shift'

/** Lets a person work outside their shifts for some hours. */
export function OverrideDialog({ plan, onClose }: { plan: Plan; onClose: () => void }) {
  const t = useT()
  const [account, setAccount] = useState<string | null>(null)
  const [hours, setHours] = useState<number | string>(2)
  const [reason, setReason] = useState('')
  const override = useCommand(onClose)
  const errors = fieldErrors(override.error)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('shifts.override.open')}
      confirm={t('shifts.override.confirm')}
      busy={override.isPending}
      disabled={!account || hours === '' || reason.trim() === ''}
      error={override.error}
      onConfirm={() =>
        override.mutate({ path: '/shifts/overrides', body: { account, hours: Number(hours), reason: reason.trim() } })
      }
    >
      <p>{t('shifts.override.text')}</p>
      <Select
        label={t('shifts.column.person')}
        data={peopleOf(plan)}
        value={account}
        onChange={setAccount}
        searchable
        error={errors.account}
        data-autofocus
      />
      <NumberInput
        label={t('shifts.field.hours')}
        min={0.5}
        max={12}
        step={0.5}
        value={hours}
        onChange={setHours}
        error={errors.hours}
      />
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
