import { NumberInput, SimpleGrid, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { DecimalField } from '../form/DecimalField'
import { fieldErrors } from '../form/fields'
import { MomentField } from '../form/MomentField'
import { useLanguage, useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { fromFieldValue, toFieldValue } from '../time/format'
import { can, useMe } from '../session/session'
import { useZone } from '../time/site'
import { compareDecimal, formatDecimal, readDecimal, subtract } from '../value/decimal'
import type { Order } from './order'
import { orderPath } from './queries'

/** Quantity, due date and priority of an order that may be running already. Only what was changed is sent. */
export function ChangeOrder({ order, onClose }: { order: Order; onClose: () => void }) {
  const t = useT()
  const zone = useZone()
  const language = useLanguage()
  const priorityOnly = !can(useMe(), 'order.change')
  const change = useCommand(onClose)
  const errors = fieldErrors(change.error)
  const [before] = useState({
    quantity: order.quantity,
    due: toFieldValue(zone, new Date(order.due)),
    priority: order.priority,
  })
  const [form, setForm] = useState({ ...before, reason: '' })
  const quantity = readDecimal(form.quantity)
  const body = {
    quantity: quantity !== null && compareDecimal(quantity, before.quantity) !== 0 ? quantity : undefined,
    due: form.due !== before.due && form.due !== '' ? fromFieldValue(zone, form.due).toISOString() : undefined,
    priority: form.priority === before.priority ? undefined : form.priority,
    reason: form.reason.trim(),
  }
  const changed = body.quantity !== undefined || body.due !== undefined || body.priority !== undefined
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('orders.change.title', { number: order.number })}
      confirm={t('orders.change.confirm')}
      busy={change.isPending}
      disabled={!changed || quantity === null || body.reason === ''}
      error={change.error}
      onConfirm={() => change.mutate({ path: `${orderPath(order.number)}/change`, body })}
    >
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="md">
        <DecimalField
          label={t('orders.field.quantity')}
          description={t('orders.change.at_least', {
            n: formatDecimal(subtract(order.quantity, order.not_started), language),
          })}
          value={form.quantity}
          onChange={(value) => setForm({ ...form, quantity: value })}
          error={errors.quantity}
          disabled={priorityOnly}
          data-autofocus={priorityOnly ? undefined : true}
        />
        <MomentField
          label={t('orders.due')}
          value={form.due}
          onChange={(due) => setForm({ ...form, due })}
          error={errors.due}
          disabled={priorityOnly}
        />
        <NumberInput
          label={t('orders.field.priority')}
          min={0}
          max={100}
          allowDecimal={false}
          value={form.priority}
          onChange={(priority) => setForm({ ...form, priority: Number(priority) })}
          error={errors.priority}
        />
      </SimpleGrid>
      <TextInput
        label={t('orders.reason')}
        description={t('orders.reason_help')}
        value={form.reason}
        onChange={(event) => setForm({ ...form, reason: event.currentTarget.value })}
        error={errors.reason}
        maxLength={500}
      />
    </ConfirmDialog>
  )
}
