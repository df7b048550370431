import { Select, SimpleGrid, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { DecimalField } from '../form/DecimalField'
import { fieldErrors } from '../form/fields'
import { MomentField } from '../form/MomentField'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { codeOptions, codesQuery } from '../nonconformances/nonconformance'
import { lotsOf } from '../nonconformances/OpenDialog'
import { fromFieldValue } from '../time/format'
import { useZone } from '../time/site'
import { readDecimal } from '../value/decimal'
import { path, type Permit } from './permit'

/** Asks for a permit. It has a bound, in pieces or in lots, and an end; it is in force with its last signature. */
export function AskDialog({ onClose, onAsked }: { onClose: () => void; onAsked: (permit: Permit) => void }) {
  const t = useT()
  const zone = useZone()
  const codes = useQuery(codesQuery)
  const [form, setForm] = useState({
    product: '',
    operation: '',
    characteristic: '',
    code: '',
    allows: '',
    lots: '',
    quantity: '',
    until: '',
    reason: '',
  })
  const set = (part: Partial<typeof form>) => setForm({ ...form, ...part })
  const ask = useCommand<Permit>((made) => {
    onClose()
    onAsked(made)
  })
  const errors = fieldErrors(ask.error)
  const until = form.until ? fromFieldValue(zone, form.until) : undefined
  const quantity = form.quantity.trim() === '' ? undefined : readDecimal(form.quantity)
  const lots = lotsOf(form.lots)
  const body = {
    product: form.product.trim(),
    operation: form.operation.trim() || undefined,
    characteristic: form.characteristic.trim() || undefined,
    code: form.code || undefined,
    allows: form.allows.trim(),
    lots: lots.length > 0 ? lots : undefined,
    quantity,
    valid_until: until?.toISOString(),
    reason: form.reason.trim(),
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('permits.new')}
      confirm={t('permits.ask.confirm')}
      busy={ask.isPending}
      disabled={
        !body.product || !body.allows || !body.reason || !until || quantity === null || (!quantity && !body.lots)
      }
      error={ask.error}
      onConfirm={() => ask.mutate({ path, body })}
    >
      <p>{t('permits.ask.text')}</p>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        <TextInput
          label={t('permits.field.product')}
          value={form.product}
          error={errors.product}
          maxLength={64}
          data-autofocus
          onChange={(event) => set({ product: event.currentTarget.value })}
        />
        <Select
          label={t('permits.field.code')}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t('list.clear') }}
          data={codeOptions(codes.data ?? [])}
          value={form.code || null}
          onChange={(code) => set({ code: code ?? '' })}
        />
        <TextInput
          label={t('permits.field.operation')}
          value={form.operation}
          maxLength={64}
          onChange={(event) => set({ operation: event.currentTarget.value })}
        />
        <TextInput
          label={t('permits.field.characteristic')}
          value={form.characteristic}
          maxLength={64}
          onChange={(event) => set({ characteristic: event.currentTarget.value })}
        />
      </SimpleGrid>
      <Textarea
        label={t('permits.field.allows')}
        value={form.allows}
        error={errors.allows}
        autosize
        minRows={2}
        maxLength={1000}
        onChange={(event) => set({ allows: event.currentTarget.value })}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        <DecimalField
          label={t('permits.field.quantity')}
          value={form.quantity}
          error={errors.quantity}
          onChange={(value) => set({ quantity: value })}
        />
        <MomentField
          label={t('permits.field.until')}
          value={form.until}
          error={errors.valid_until}
          onChange={(value) => set({ until: value })}
        />
      </SimpleGrid>
      <TextInput
        label={t('permits.field.lots')}
        description={t('permits.field.lots_help')}
        value={form.lots}
        error={errors.lots}
        onChange={(event) => set({ lots: event.currentTarget.value })}
      />
      <TextInput
        label={t('orders.reason')}
        description={t('orders.reason_help')}
        value={form.reason}
        error={errors.reason}
        maxLength={1000}
        onChange={(event) => set({ reason: event.currentTarget.value })}
      />
    </ConfirmDialog>
  )
}
