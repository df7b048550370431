import { NumberInput, Select, SimpleGrid, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { DecimalField } from '../form/DecimalField'
import { fieldErrors } from '../form/fields'
import { MomentField } from '../form/MomentField'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { plantQuery, productsQuery } from '../plant/plant'
import { fromFieldValue, toFieldValue, type Zone } from '../time/format'
import { useZone } from '../time/site'
import { readDecimal } from '../value/decimal'
import type { Order } from './order'
import { path } from './queries'

/** Tomorrow at 16:00 on site: a start that is never in the past. */
const tomorrow = (zone: Zone) => `${toFieldValue(zone, new Date(Date.now() + 86_400_000)).slice(0, 10)}T16:00`

/** A new order by hand. The ERP sends the same thing to the same place. */
export function CreateOrder({ onClose, onCreated }: { onClose: () => void; onCreated: (number: string) => void }) {
  const t = useT()
  const zone = useZone()
  const plant = useQuery(plantQuery)
  const products = useQuery(productsQuery)
  const [form, setForm] = useState({
    number: '',
    product: '',
    quantity: '',
    due: tomorrow(zone),
    priority: 50,
    line: '',
  })
  const create = useCommand<Order>((order) => onCreated(order.number))
  const errors = fieldErrors(create.error)
  const set = <K extends keyof typeof form>(name: K, value: (typeof form)[K]) => setForm({ ...form, [name]: value })
  const lines = plant.data?.lines ?? []
  const line = form.line || lines[0]?.id || ''
  const quantity = readDecimal(form.quantity)
  const complete =
    form.number.trim() !== '' && form.product !== '' && quantity !== null && form.due !== '' && line !== ''
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('orders.create.title')}
      confirm={t('orders.create.confirm')}
      busy={create.isPending}
      disabled={!complete}
      error={create.error}
      onConfirm={() =>
        create.mutate({
          path,
          body: {
            number: form.number.trim(),
            product: form.product,
            quantity,
            due: fromFieldValue(zone, form.due).toISOString(),
            priority: form.priority,
            line,
          },
        })
      }
    >
      <p>{t('orders.create.text')}</p>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        <TextInput
          label={t('orders.field.number')}
          value={form.number}
          onChange={(event) => set('number', event.currentTarget.value)}
          error={errors.number}
          maxLength={40}
          data-autofocus
        />
        <Select
          label={t('orders.field.product')}
          searchable
          data={(products.data ?? [])
            .filter((product) => Boolean(product.revision))
            .map((product) => ({ value: product.id, label: `${product.id}, ${product.name}` }))}
          value={form.product || null}
          onChange={(product) => set('product', product ?? '')}
          error={errors.product}
        />
        <DecimalField
          label={t('orders.field.quantity')}
          value={form.quantity}
          onChange={(text) => set('quantity', text)}
          error={errors.quantity}
        />
        <MomentField label={t('orders.due')} value={form.due} onChange={(due) => set('due', due)} error={errors.due} />
        <NumberInput
          label={t('orders.field.priority')}
          description={t('orders.field.priority_help')}
          min={0}
          max={100}
          allowDecimal={false}
          value={form.priority}
          onChange={(priority) => set('priority', Number(priority))}
          error={errors.priority}
        />
        <Select
          label={t('orders.field.line')}
          data={lines.map((l) => ({ value: l.id, label: `${l.id}, ${l.name}` }))}
          value={line || null}
          onChange={(value) => set('line', value ?? '')}
          error={errors.line}
        />
      </SimpleGrid>
    </ConfirmDialog>
  )
}
