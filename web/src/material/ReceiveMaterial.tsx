import { Select, SimpleGrid, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { DecimalField } from '../form/DecimalField'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { productsQuery } from '../plant/plant'
import { fromFieldValue, zoneName } from '../time/format'
import { useZone } from '../time/site'
import { formatDecimal, readDecimal } from '../value/decimal'
import { path } from './material'

const empty = { lot: '', material: '', quantity: '', supplier: '', supplier_lot: '', expires: '' }

/** One lot, or one serial, as it arrives. Dates of expiry end with the last moment of the day on site. */
export function ReceiveMaterial({ onClose }: { onClose: () => void }) {
  const t = useT()
  const zone = useZone()
  const [form, setForm] = useState(empty)
  const materials = useQuery(productsQuery)
  const receive = useCommand(onClose)
  const errors = fieldErrors(receive.error)
  const set = (name: keyof typeof empty) => (value: string) => setForm({ ...form, [name]: value })
  const material = materials.data?.find((m) => m.id === form.material)
  const quantity = readDecimal(material?.tracking === 'serial' ? form.quantity || '1' : form.quantity)
  const complete =
    form.lot.trim() && form.material && quantity !== null && form.supplier.trim() && form.supplier_lot.trim()
  const field = (name: 'lot' | 'supplier' | 'supplier_lot', label: string) => (
    <TextInput
      label={label}
      value={form[name]}
      onChange={(event) => set(name)(event.currentTarget.value)}
      error={errors[name]}
      maxLength={64}
    />
  )
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('material.receive')}
      confirm={t('material.confirm', {
        quantity: formatDecimal(quantity ?? '', zone.language),
        unit: material?.unit ?? '',
      })}
      busy={receive.isPending}
      disabled={!complete}
      error={receive.error}
      onConfirm={() =>
        receive.mutate({
          path,
          body: {
            lot: form.lot.trim(),
            material: form.material,
            quantity,
            supplier: form.supplier.trim(),
            supplier_lot: form.supplier_lot.trim(),
            expires_at: form.expires ? fromFieldValue(zone, `${form.expires}T23:59`).toISOString() : undefined,
          },
        })
      }
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        <Select
          label={t('material.column.material')}
          searchable
          data={(materials.data ?? []).map((m) => ({ value: m.id, label: `${m.id}, ${m.name}` }))}
          value={form.material || null}
          onChange={(value) => set('material')(value ?? '')}
          error={errors.material}
          data-autofocus
        />
        {field('lot', material?.tracking === 'serial' ? t('material.serial') : t('lots.column.lot'))}
        <DecimalField
          label={t('lots.column.quantity')}
          unit={material?.unit}
          value={material?.tracking === 'serial' ? form.quantity || '1' : form.quantity}
          onChange={set('quantity')}
          error={errors.quantity}
        />
        <TextInput
          type="date"
          label={t('form.in_zone', { label: t('lots.fact.expires'), zone: zoneName(zone, new Date()) })}
          description={material?.expires ? t('material.must_expire') : undefined}
          value={form.expires}
          onChange={(event) => set('expires')(event.currentTarget.value)}
          error={errors.expires_at}
        />
        {field('supplier', t('material.supplier'))}
        {field('supplier_lot', t('material.supplier_lot'))}
      </SimpleGrid>
    </ConfirmDialog>
  )
}
