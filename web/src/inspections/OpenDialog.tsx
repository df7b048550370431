import { Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { documentsQuery } from '../documents/document'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { useScan } from '../scan/ScanProvider'
import { path, type View } from './inspection'

/** Asks for an inspection by hand, by a plan in force; the lot may be scanned. */
export function OpenDialog({ onClose, onOpened }: { onClose: () => void; onOpened: (id: string) => void }) {
  const t = useT()
  const plans = useQuery(documentsQuery({ product: 'inspection_plan' }))
  const [plan, setPlan] = useState<string | null>(null)
  const [lot, setLot] = useState('')
  const open = useCommand<View>((view) => onOpened(view.id))
  const errors = fieldErrors(open.error)
  useScan((code) => {
    setLot(code)
    return true
  })
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('inspections.open')}
      confirm={t('inspections.open_confirm')}
      busy={open.isPending}
      disabled={!plan || lot.trim() === ''}
      error={open.error}
      onConfirm={() => open.mutate({ path, body: { plan, lot: lot.trim() } })}
    >
      <Select
        label={t('inspections.field.plan')}
        data={(plans.data?.items ?? []).map((r) => ({ value: r.id, label: `${r.id}, ${r.name}` }))}
        value={plan}
        onChange={setPlan}
        error={errors.plan}
        searchable
        data-autofocus
      />
      <TextInput
        label={t('inspections.column.lot')}
        value={lot}
        error={errors.lot}
        maxLength={100}
        onChange={(event) => setLot(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
