import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { DecimalField } from '../form/DecimalField'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { plantQuery } from '../plant/plant'
import { readDecimal } from '../value/decimal'
import { path, type Gauge } from './gauge'
import classes from './gauges.module.css'

/** Registers a gauge, or changes one; a change needs a reason. */
export function GaugeDialog({
  gauge,
  onClose,
  onDone,
}: {
  gauge?: Gauge
  onClose: () => void
  onDone?: (g: Gauge) => void
}) {
  const t = useT()
  const plant = useQuery(plantQuery)
  const [form, setForm] = useState({
    id: gauge?.id ?? '',
    name: gauge?.name ?? '',
    kind: gauge?.kind ?? '',
    unit: gauge?.unit ?? '',
    lower: gauge?.lower ?? '',
    upper: gauge?.upper ?? '',
    resolution: gauge?.resolution ?? '',
    station: gauge?.station ?? '',
    owner: gauge?.owner ?? '',
    device: gauge?.device ?? '',
    interval_days: (gauge?.interval_days ?? 365) as number | string,
    blocked: gauge?.blocked ?? false,
    retired: gauge?.retired ?? false,
    reason: '',
  })
  const put = useCommand<Gauge>((done) => {
    onDone?.(done)
    onClose()
  })
  const errors = fieldErrors(put.error)
  const set = (part: Partial<typeof form>) => setForm({ ...form, ...part })
  const text = (name: 'id' | 'name' | 'kind' | 'unit' | 'owner', maxLength: number) => (
    <TextInput
      label={t(`gauges.field.${name}`)}
      value={form[name]}
      maxLength={maxLength}
      disabled={name === 'id' && gauge !== undefined}
      error={errors[name]}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
    />
  )
  const decimal = (name: 'lower' | 'upper' | 'resolution') => (
    <DecimalField
      label={t(`gauges.field.${name}`)}
      value={form[name]}
      error={errors[name]}
      onChange={(value) => set({ [name]: value })}
    />
  )
  const choice = (name: 'station' | 'device', data: string[]) => (
    <Select
      label={t(`gauges.field.${name}`)}
      data={data}
      value={form[name] || null}
      error={errors[name]}
      onChange={(value) => set({ [name]: value ?? '' })}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('list.clear') }}
    />
  )
  const submit = () => {
    const { lower, upper, resolution, ...rest } = form
    const decimals = Object.entries({ lower, upper, resolution }).filter(([, value]) => value.trim() !== '')
    put.mutate({
      path,
      body: {
        ...rest,
        interval_days: Number(form.interval_days),
        ...Object.fromEntries(decimals.map(([name, value]) => [name, readDecimal(value) ?? value])),
        ...(gauge ? { version: gauge.version, remind_days: gauge.remind_days } : {}),
      },
    })
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={gauge ? t('gauges.change_title', { id: gauge.id }) : t('gauges.new')}
      confirm={t('gauges.save')}
      busy={put.isPending}
      disabled={
        !form.id.trim() || !form.name.trim() || !form.kind.trim() || (gauge !== undefined && !form.reason.trim())
      }
      error={put.error}
      onConfirm={submit}
    >
      <div className={classes.fields}>
        {text('id', 64)}
        {text('name', 200)}
        {text('kind', 64)}
        {text('unit', 20)}
        {decimal('lower')}
        {decimal('upper')}
        {decimal('resolution')}
        <NumberInput
          label={t('gauges.field.interval_days')}
          min={1}
          max={3650}
          value={form.interval_days}
          error={errors.interval_days}
          onChange={(interval_days) => set({ interval_days })}
        />
        {choice(
          'station',
          (plant.data?.stations ?? []).map((s) => s.id),
        )}
        {choice(
          'device',
          (plant.data?.devices ?? []).map((d) => d.id),
        )}
        {text('owner', 100)}
      </div>
      {gauge && (
        <>
          <Checkbox
            label={t('gauges.field.blocked')}
            checked={form.blocked}
            onChange={(event) => set({ blocked: event.currentTarget.checked })}
          />
          <Checkbox
            label={t('gauges.field.retired')}
            checked={form.retired}
            onChange={(event) => set({ retired: event.currentTarget.checked })}
          />
          <TextInput
            label={t('gauges.field.reason')}
            value={form.reason}
            maxLength={500}
            error={errors.reason}
            onChange={(event) => set({ reason: event.currentTarget.value })}
          />
        </>
      )}
    </ConfirmDialog>
  )
}
