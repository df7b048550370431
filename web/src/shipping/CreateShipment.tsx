import { MultiSelect, SimpleGrid, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { useScan } from '../scan/ScanProvider'
import { packedQuery, path } from './shipment'

/** Packed lots leave for a customer. Each can be scanned or chosen; all go, or none. */
export function CreateShipment({ onClose }: { onClose: () => void }) {
  const t = useT()
  const [form, setForm] = useState({ delivery_note: '', customer: '' })
  const [lots, setLots] = useState<string[]>([])
  const packed = useQuery(packedQuery)
  const ship = useCommand(onClose)
  const errors = fieldErrors(ship.error)
  useScan((code) => {
    setLots((old) => (old.includes(code) ? old : [...old, code]))
    return true
  })
  const choices = [...new Set([...(packed.data?.items ?? []).map((lot) => lot.lot), ...lots])]
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('shipping.new')}
      confirm={t('shipping.confirm', { count: lots.length })}
      busy={ship.isPending}
      disabled={!form.delivery_note.trim() || !form.customer.trim() || lots.length === 0}
      error={ship.error}
      onConfirm={() =>
        ship.mutate({ path, body: { delivery_note: form.delivery_note.trim(), customer: form.customer.trim(), lots } })
      }
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        <TextInput
          label={t('shipping.column.note')}
          value={form.delivery_note}
          onChange={(event) => setForm({ ...form, delivery_note: event.currentTarget.value })}
          error={errors.delivery_note}
          data-autofocus
        />
        <TextInput
          label={t('shipping.column.customer')}
          value={form.customer}
          onChange={(event) => setForm({ ...form, customer: event.currentTarget.value })}
          error={errors.customer}
        />
      </SimpleGrid>
      <MultiSelect
        label={t('shipping.packed_lots')}
        description={t('shipping.scan_them')}
        searchable
        hidePickedOptions
        limit={50}
        data={choices}
        value={lots}
        onChange={setLots}
        error={errors.lots}
        nothingFoundMessage={t('shipping.no_packed')}
      />
    </ConfirmDialog>
  )
}
