import { Checkbox, Select, SimpleGrid, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { can, useMe } from '../session/session'
import { codeOptions, codesQuery, path, severities, sources, type Nonconformance, type Source } from './nonconformance'

interface Props {
  /** The lot that it is opened from. */
  lot?: { lot: string; origin: string }
  onClose: () => void
  onOpened: (id: string) => void
}

/** Lots as a person types them, one or several. */
export const lotsOf = (text: string) => text.split(/[\s,;]+/).filter(Boolean)

/** What is known when a nonconformance is opened. What is not known comes later, on its page. */
export function OpenDialog({ lot, onClose, onOpened }: Props) {
  const t = useT()
  const me = useMe()
  const codes = useQuery(codesQuery)
  const [form, setForm] = useState({
    source: (lot?.origin === 'received' ? 'incoming' : 'operator') as Source,
    code: '',
    severity: '',
    description: '',
    customer: '',
    reference: '',
    lots: lot?.lot ?? '',
    hold: lot !== undefined && can(me, 'lot.hold'),
  })
  const set = (part: Partial<typeof form>) => setForm({ ...form, ...part })
  const open = useCommand<Nonconformance>((made) => onOpened(made.id))
  const errors = fieldErrors(open.error)
  const lots = lotsOf(form.lots)
  const body = {
    source: form.source,
    code: form.code || undefined,
    severity: form.severity || undefined,
    description: form.description.trim(),
    customer: form.source === 'customer' ? form.customer.trim() : undefined,
    reference: form.reference.trim() || undefined,
    lots: lots.map((id) => ({ lot: id })),
    hold: form.hold && lots.length > 0,
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={lot ? t('nonconformances.open.of_lot', { lot: lot.lot }) : t('nonconformances.new')}
      confirm={body.hold ? t('nonconformances.open.and_hold') : t('nonconformances.open.confirm')}
      tone={body.hold ? 'hold' : 'act'}
      busy={open.isPending}
      disabled={body.description === '' || (form.source === 'customer' && !body.customer)}
      error={open.error}
      onConfirm={() => open.mutate({ path, body })}
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        <Select
          label={t('nonconformances.field.source')}
          allowDeselect={false}
          data={sources.map((source) => ({ value: source, label: t(`nonconformances.source.${source}`) }))}
          value={form.source}
          onChange={(source) => set({ source: source as Source })}
        />
        <Select
          label={t('nonconformances.field.code')}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t('list.clear') }}
          data={codeOptions(codes.data ?? [])}
          value={form.code || null}
          onChange={(code) => set({ code: code ?? '' })}
          error={errors.code}
        />
      </SimpleGrid>
      {form.source === 'customer' && (
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
          <TextInput
            label={t('nonconformances.field.customer')}
            value={form.customer}
            error={errors.customer}
            onChange={(event) => set({ customer: event.currentTarget.value })}
          />
          <TextInput
            label={t('nonconformances.field.reference')}
            value={form.reference}
            onChange={(event) => set({ reference: event.currentTarget.value })}
          />
        </SimpleGrid>
      )}
      <Textarea
        label={t('nonconformances.field.description')}
        value={form.description}
        error={errors.description}
        autosize
        minRows={2}
        maxLength={2000}
        data-autofocus
        onChange={(event) => set({ description: event.currentTarget.value })}
      />
      <TextInput
        label={t('nonconformances.field.lots')}
        description={t('nonconformances.field.lots_help')}
        value={form.lots}
        error={errors['lots'] ?? errors['lots[0].lot']}
        readOnly={lot !== undefined}
        onChange={(event) => set({ lots: event.currentTarget.value })}
      />
      <Select
        label={t('nonconformances.field.severity')}
        placeholder={t('nonconformances.field.severity_by_code')}
        clearable
        clearButtonProps={{ 'aria-label': t('list.clear') }}
        data={severities.map((s) => ({ value: s, label: t(`status.severity.${s}`) }))}
        value={form.severity || null}
        onChange={(severity) => set({ severity: severity ?? '' })}
      />
      {can(me, 'lot.hold') && (
        <Checkbox
          label={t('nonconformances.field.hold')}
          checked={form.hold}
          disabled={lots.length === 0}
          onChange={(event) => set({ hold: event.currentTarget.checked })}
        />
      )}
    </ConfirmDialog>
  )
}
