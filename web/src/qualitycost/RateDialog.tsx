import { SimpleGrid, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api } from '../api/http'
import { useCommand } from '../command/useCommand'
import { DecimalField } from '../form/DecimalField'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { readDecimal } from '../value/decimal'

/** What an hour of rework costs from now on; what was reckoned before stays. */
export function RateDialog({ onClose }: { onClose: () => void }) {
  const t = useT()
  const rate = useQuery({
    queryKey: ['nonconformances', ['rate']],
    queryFn: () => answer(api.GET('/api/v1/quality-cost/rate')),
  })
  const [typed, setTyped] = useState<{ amount?: string; currency?: string }>({})
  const [reason, setReason] = useState('')
  const set = useCommand(onClose)
  const errors = fieldErrors(set.error)
  const amount = typed.amount ?? (rate.data?.at ? rate.data.per_hour : '')
  const currency = typed.currency ?? rate.data?.currency ?? ''
  const exact = readDecimal(amount)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('qualitycost.rate.title')}
      confirm={t('qualitycost.rate.confirm')}
      busy={set.isPending}
      disabled={exact === null || currency.length !== 3 || reason.trim() === ''}
      error={set.error}
      onConfirm={() =>
        set.mutate({ path: '/quality-cost/rate', body: { per_hour: exact, currency, reason: reason.trim() } })
      }
    >
      <p>{t('qualitycost.rate.text')}</p>
      <SimpleGrid cols={2} spacing="md">
        <DecimalField
          label={t('qualitycost.rate.per_hour')}
          value={amount}
          error={errors.per_hour}
          onChange={(text) => setTyped({ ...typed, amount: text })}
          data-autofocus
        />
        <TextInput
          label={t('qualitycost.rate.currency')}
          value={currency}
          error={errors.currency}
          maxLength={3}
          onChange={(event) => setTyped({ ...typed, currency: event.currentTarget.value.toUpperCase() })}
        />
      </SimpleGrid>
      <TextInput
        label={t('orders.reason')}
        description={t('orders.reason_help')}
        value={reason}
        error={errors.reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
