import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { plantQuery, productsQuery, routingQuery, type Routing } from '../plant/plant'
import { chartsPath, kindKey, kinds, measures, type Kind } from './spc'

interface Draft {
  id: string
  name: string
  kind: Kind
  product: string
  /** operation/step/characteristic, as one choice of the routing in force. */
  subject: string
  station: string
  grouping: 'record' | 'run' | 'day'
  size: number
  set: 'we' | 'nelson'
}

const first: Draft = {
  id: '',
  name: '',
  kind: 'xbar_r',
  product: '',
  subject: '',
  station: '',
  grouping: 'run',
  size: 5,
  set: 'we',
}

const sets = {
  we: ['WE1', 'WE2', 'WE3', 'WE4'],
  nelson: ['N1', 'N2', 'N3', 'N4', 'N5', 'N6', 'N7', 'N8'],
}

/** Makes a chart of something that a routing in force measures. */
export function NewChart({ onClose }: { onClose: () => void }) {
  const t = useT()
  const navigate = useNavigate()
  const [draft, setDraft] = useState(first)
  const set = (change: Partial<Draft>) => setDraft((d) => ({ ...d, ...change }))
  const products = useQuery(productsQuery)
  const plant = useQuery(plantQuery)
  const made = products.data?.filter((product) => (product.revisions ?? []).length > 0) ?? []
  const revision = made.find((product) => product.id === draft.product)?.revision
  const routing = useQuery(routingQuery(draft.product, revision || undefined))
  const send = useCommand(() => void navigate({ to: '/spc/$chart', params: { chart: draft.id } }))
  const errors = fieldErrors(send.error)
  const single = draft.kind === 'i_mr'
  const weighted = draft.kind === 'ewma' || draft.kind === 'cusum'
  const [operation, step, characteristic] = draft.subject.split('\n')
  const submit = () =>
    send.mutate({
      path: `${chartsPath}/${encodeURIComponent(draft.id)}`,
      body: {
        name: draft.name.trim(),
        kind: draft.kind,
        product: draft.product,
        operation,
        step,
        characteristic: characteristic || undefined,
        station: draft.station || undefined,
        grouping: single ? 'run' : draft.grouping,
        size: single ? 1 : draft.grouping === 'run' ? draft.size : undefined,
        rules: weighted ? [] : sets[draft.set],
        active: true,
        version: 0,
      },
    })
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('spc.new_title')}
      confirm={t('spc.new_confirm')}
      busy={send.isPending}
      disabled={!draft.id.trim() || !draft.name.trim() || !draft.subject}
      error={send.error}
      onConfirm={submit}
    >
      <TextInput
        label={t('spc.field.id')}
        description={t('spc.field.id_hint')}
        value={draft.id}
        maxLength={64}
        error={errors.id}
        data-autofocus
        onChange={(event) => set({ id: event.currentTarget.value.trim() })}
      />
      <TextInput
        label={t('spc.field.name')}
        value={draft.name}
        maxLength={200}
        error={errors.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <Select
        label={t('spc.field.product')}
        data={made.map((product) => product.id)}
        value={draft.product || null}
        error={errors.product}
        onChange={(product) => set({ product: product ?? '', subject: '' })}
      />
      <Select
        label={t('spc.field.characteristic')}
        description={t('spc.field.characteristic_hint')}
        data={routing.data ? subjects(routing.data, draft.kind, t('spc.whole_step')) : []}
        value={draft.subject || null}
        error={errors.characteristic}
        searchable
        onChange={(subject) => set({ subject: subject ?? '' })}
      />
      <Select
        label={t('spc.field.station')}
        placeholder={t('spc.every_station')}
        clearable
        clearButtonProps={{ 'aria-label': t('list.clear') }}
        data={(plant.data?.stations ?? []).map((station) => station.id)}
        value={draft.station || null}
        onChange={(station) => set({ station: station ?? '' })}
      />
      <Select
        label={t('spc.column.kind')}
        data={kinds.map((value) => ({ value, label: t(kindKey(value)) }))}
        value={draft.kind}
        allowDeselect={false}
        error={errors.kind}
        onChange={(kind) => kind && set({ kind: kind as Kind, subject: '' })}
      />
      {!single && (
        <Select
          label={t('spc.field.grouping')}
          data={(['run', 'record', ...(measures(draft.kind) ? [] : ['day' as const])] as const).map((value) => ({
            value,
            label: t(`spc.grouping.${value}`),
          }))}
          value={draft.grouping}
          allowDeselect={false}
          error={errors.grouping}
          onChange={(grouping) => grouping && set({ grouping: grouping as Draft['grouping'] })}
        />
      )}
      {!single && draft.grouping === 'run' && (
        <NumberInput
          label={t('spc.field.size')}
          value={draft.size}
          min={1}
          max={measures(draft.kind) ? 25 : 10_000}
          allowDecimal={false}
          error={errors.size}
          onChange={(size) => typeof size === 'number' && set({ size })}
        />
      )}
      {!weighted && (
        <Checkbox
          label={t('spc.field.nelson')}
          description={t('spc.field.nelson_hint')}
          checked={draft.set === 'nelson'}
          onChange={(event) => set({ set: event.currentTarget.checked ? 'nelson' : 'we' })}
        />
      )}
    </ConfirmDialog>
  )
}

/** What the routing measures; charts of nonconforming units may also count whole steps. */
function subjects(routing: Routing, kind: Kind, whole: string) {
  const counts = kind === 'p' || kind === 'np'
  return (routing.operations ?? [])
    .map((operation) => ({
      group: `${operation.id} ${operation.name}`,
      items: (operation.steps ?? []).flatMap((step) => [
        ...(counts
          ? [{ value: [operation.id, step.id, ''].join('\n'), label: `${step.id} ${step.name}: ${whole}` }]
          : []),
        ...(step.characteristics ?? []).map((c) => ({
          value: [operation.id, step.id, c.id].join('\n'),
          label: `${step.id} ${c.name || c.id}${c.unit ? `, ${c.unit}` : ''}`,
        })),
      ]),
    }))
    .filter((group) => group.items.length > 0)
}
