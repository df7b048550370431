import { Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { Reason } from '../people/ReasonDialog'
import { toFieldValue } from '../time/format'
import { useNow } from '../time/now'
import { useZone } from '../time/site'
import type { Assignment, Plan } from './shift'

/** Who can be chosen, by name with the user ID. */
export const peopleOf = (plan: Plan) => (plan.people ?? []).map((p) => ({ value: p.id, label: `${p.name} (${p.id})` }))

/** Puts a person on a shift from a day on. */
export function AssignDialog({ plan, onClose }: { plan: Plan; onClose: () => void }) {
  const t = useT()
  const today = toFieldValue(useZone(), new Date(useNow())).slice(0, 10)
  const [account, setAccount] = useState<string | null>(null)
  const [shift, setShift] = useState<string | null>(plan.shifts?.[0]?.id ?? null)
  const [from, setFrom] = useState(today)
  const [until, setUntil] = useState('')
  const [reason, setReason] = useState('')
  const assign = useCommand(onClose)
  const errors = fieldErrors(assign.error)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('shifts.assign.open')}
      confirm={t('shifts.assign.confirm')}
      busy={assign.isPending}
      disabled={!account || !shift || !from || reason.trim().length < 3}
      error={assign.error}
      onConfirm={() =>
        assign.mutate({
          path: '/shifts/assignments',
          body: { account, shift, from, ...(until ? { until } : {}), reason: reason.trim() },
        })
      }
    >
      <p>{t('shifts.assign.text')}</p>
      <Select
        label={t('shifts.column.person')}
        data={peopleOf(plan)}
        value={account}
        onChange={setAccount}
        searchable
        error={errors.account}
        data-autofocus
      />
      <Select
        label={t('shifts.column.shift')}
        data={(plan.shifts ?? []).map((s) => ({ value: s.id, label: s.name }))}
        value={shift}
        onChange={setShift}
        error={errors.shift}
      />
      <TextInput
        type="date"
        label={t('shifts.field.from')}
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
        error={errors.from}
      />
      <TextInput
        type="date"
        label={t('shifts.field.until')}
        description={t('shifts.field.until_help')}
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
        error={errors.until}
      />
      <Reason value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}

/** Takes a person off a shift. */
export function EndDialog({ assignment, onClose }: { assignment: Assignment; onClose: () => void }) {
  const t = useT()
  const [reason, setReason] = useState('')
  const end = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('shifts.end.title', { name: assignment.name, shift: assignment.shift_name })}
      confirm={t('shifts.end.confirm')}
      busy={end.isPending}
      disabled={reason.trim() === ''}
      error={end.error}
      onConfirm={() =>
        end.mutate({ path: `/shifts/assignments/${assignment.id}/end`, body: { reason: reason.trim() } })
      }
    >
      <p>{t('shifts.end.text')}</p>
      <TextInput
        label={t('orders.reason')}
        description={t('orders.reason_help')}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-autofocus
      />
    </ConfirmDialog>
  )
}
