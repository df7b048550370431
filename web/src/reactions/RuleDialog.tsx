import { Checkbox, Group, NumberInput, Select, Stack, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { DecimalField } from '../form/DecimalField'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { acts, fits, groups, kinds, path, severities, type Act, type Rule } from './reaction'

const fresh = {
  id: '',
  name: '',
  active: true,
  kind: 'verdict',
  code: '',
  product: '',
  operation: '',
  device: '',
  group: 'component',
  component: '',
  count: 3,
  window_min: 480,
  per_thousand: '',
  severity: 'high',
  then: ['alert'] as string[],
  version: 0,
}

/** Makes or changes a rule. The reason goes into the audit trail. */
export function RuleDialog({ rule, onClose }: { rule?: Rule; onClose: () => void }) {
  const t = useT()
  const [form, setForm] = useState({
    ...fresh,
    ...rule,
    per_thousand: rule?.per_thousand ?? '',
    then: rule?.then ?? fresh.then,
  })
  const [reason, setReason] = useState('')
  const run = useCommand(onClose)
  const errors = fieldErrors(run.error)
  const set = (change: Partial<typeof form>) => setForm((was) => ({ ...was, ...change }))
  const text = (name: 'code' | 'product' | 'operation' | 'device') => (
    <TextInput
      label={t(`reactions.field.${name}`)}
      description={t('reactions.field.any')}
      value={form[name] ?? ''}
      maxLength={64}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
      error={errors[name]}
    />
  )
  const body = {
    name: form.name.trim(),
    active: form.active,
    kind: form.kind,
    code: form.code || undefined,
    product: form.product || undefined,
    operation: form.operation || undefined,
    device: form.device || undefined,
    group: form.group,
    component: form.group === 'component' ? form.component || undefined : undefined,
    count: form.count,
    window_min: form.window_min,
    per_thousand: form.per_thousand.trim() || undefined,
    severity: form.severity,
    then: (form.then as Act[]).filter((act) => fits(act, form.group)),
    version: form.version,
    reason: reason.trim(),
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={rule ? t('reactions.change', { name: rule.name }) : t('reactions.new')}
      confirm={t('reactions.save')}
      busy={run.isPending}
      disabled={!form.id.trim() || !form.name.trim() || !reason.trim() || body.then.length === 0}
      error={run.error}
      onConfirm={() => run.mutate({ path: `${path}/${encodeURIComponent(form.id.trim())}`, body })}
    >
      <Group grow align="end">
        <TextInput
          label={t('reactions.field.id')}
          value={form.id}
          disabled={!!rule}
          maxLength={64}
          onChange={(event) => set({ id: event.currentTarget.value })}
          error={errors.id}
          data-autofocus={rule ? undefined : true}
        />
        <TextInput
          label={t('reactions.field.name')}
          value={form.name}
          maxLength={200}
          onChange={(event) => set({ name: event.currentTarget.value })}
          error={errors.name}
        />
      </Group>
      <Group grow align="end">
        <Select
          label={t('reactions.field.kind')}
          data={kinds.map((value) => ({ value, label: t(`reactions.kind.${value}`) }))}
          value={form.kind}
          allowDeselect={false}
          onChange={(kind) => set({ kind: kind ?? form.kind })}
        />
        {text('code')}
      </Group>
      <Group grow align="end">
        {text('product')}
        {text('operation')}
        {text('device')}
      </Group>
      <Group grow align="end">
        <Select
          label={t('reactions.field.group')}
          data={groups.map((value) => ({
            value,
            label: t(`reactions.group.${value}`, { material: form.component ?? '' }),
          }))}
          value={form.group}
          allowDeselect={false}
          onChange={(group) => set({ group: group ?? form.group })}
          error={errors.group}
        />
        {form.group === 'component' && (
          <TextInput
            label={t('reactions.field.component')}
            value={form.component ?? ''}
            maxLength={64}
            onChange={(event) => set({ component: event.currentTarget.value })}
            error={errors.component}
          />
        )}
      </Group>
      <Group grow align="end">
        <NumberInput
          label={t('reactions.field.count')}
          min={1}
          max={1000}
          allowDecimal={false}
          hideControls
          value={form.count}
          onChange={(count) => set({ count: Number(count) })}
          error={errors.count}
        />
        <NumberInput
          label={t('reactions.field.window')}
          min={1}
          max={132480}
          allowDecimal={false}
          hideControls
          value={form.window_min}
          onChange={(window_min) => set({ window_min: Number(window_min) })}
          error={errors.window_min}
        />
        <DecimalField
          label={t('reactions.field.rate')}
          value={form.per_thousand}
          onChange={(per_thousand) => set({ per_thousand })}
          error={errors.per_thousand}
        />
        <Select
          label={t('alerts.column.severity')}
          data={severities.map((value) => ({ value, label: t(`status.severity.${value}`) }))}
          value={form.severity}
          allowDeselect={false}
          onChange={(severity) => set({ severity: severity ?? form.severity })}
          error={errors.severity}
        />
      </Group>
      <Checkbox.Group
        label={t('reactions.column.then')}
        value={form.then}
        onChange={(then) => set({ then })}
        error={errors.then}
      >
        <Stack gap="sm" mt="xs">
          {acts.map((act) => (
            <Checkbox key={act} value={act} label={t(`reactions.act.${act}`)} disabled={!fits(act, form.group)} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Switch
        label={t('reactions.column.active')}
        checked={form.active}
        onChange={(event) => set({ active: event.currentTarget.checked })}
      />
      <TextInput
        label={t('orders.reason')}
        description={t('orders.reason_help')}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={errors.reason}
      />
    </ConfirmDialog>
  )
}
