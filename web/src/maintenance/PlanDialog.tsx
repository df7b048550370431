import { Checkbox, Group, NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { DecimalField } from '../form/DecimalField'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { plantQuery } from '../plant/plant'
import { readDecimal } from '../value/decimal'
import { kinds, severities, triggers, type Plan, type Trigger } from './maintenance'
import classes from './maintenance.module.css'

const week = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

const start = (plan?: Plan) => ({
  id: plan?.id ?? '',
  title: plan?.title ?? '',
  why: plan?.why ?? '',
  kind: plan?.kind ?? 'preventive',
  station: plan?.station ?? '',
  severity: plan?.severity ?? 'medium',
  minutes: (plan?.minutes ?? 30) as number | string,
  due_hours: (plan?.due_hours ?? 24) as number | string,
  running: plan?.running ?? '',
  active: plan?.active ?? true,
  on: (plan?.trigger.on ?? 'calendar') as Trigger,
  at: plan?.trigger.at ?? '06:00',
  weekdays: (plan?.trigger.weekdays ?? [1]).map(String),
  days: (plan?.trigger.days ?? []).join(', '),
  every: (plan?.trigger.every ?? 500) as number | string,
  device: plan?.trigger.device ?? '',
  tag: plan?.trigger.tag ?? '',
  lower: plan?.trigger.lower ?? '',
  upper: plan?.trigger.upper ?? '',
  alarm: plan?.trigger.alarm ?? '',
  reason: '',
})
type Form = ReturnType<typeof start>

/** What a plan's trigger says to the server: only what belongs to its kind. */
function triggerOf(form: Form, plan?: Plan) {
  const number = (text: string) => (text.trim() ? (readDecimal(text) ?? text) : undefined)
  switch (form.on) {
    case 'calendar':
      return {
        on: form.on,
        at: form.at,
        weekdays: form.weekdays.map(Number).sort(),
        days: form.days.split(/[ ,]+/).filter(Boolean).map(Number),
        months: plan?.trigger.months,
      }
    case 'tag':
      return {
        on: form.on,
        device: form.device,
        tag: form.tag.trim(),
        lower: number(form.lower),
        upper: number(form.upper),
      }
    case 'alarm':
      return { on: form.on, alarm: form.alarm.trim() }
  }
  return { on: form.on, every: Number(form.every) }
}

/** Makes a plan, or changes one; a change needs a reason. */
export function PlanDialog({ plan, onClose }: { plan?: Plan; onClose: () => void }) {
  const t = useT()
  const plant = useQuery(plantQuery)
  const [form, setForm] = useState(start(plan))
  const run = useCommand(onClose)
  const errors = fieldErrors(run.error)
  const set = (part: Partial<Form>) => setForm({ ...form, ...part })
  const text = (name: 'id' | 'title' | 'running' | 'reason', label: string, max: number) => (
    <TextInput
      label={label}
      value={form[name]}
      maxLength={max}
      disabled={name === 'id' && plan !== undefined}
      error={errors[name]}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
    />
  )
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      size="lg"
      title={plan ? t('maintenance.plans.change', { id: plan.id }) : t('maintenance.plans.new')}
      confirm={t('maintenance.save')}
      busy={run.isPending}
      disabled={
        !form.id.trim() || !form.title.trim() || !form.why.trim() || (plan !== undefined && !form.reason.trim())
      }
      error={run.error}
      onConfirm={() =>
        run.mutate({
          path: '/maintenance/plans',
          body: {
            id: form.id.trim(),
            title: form.title.trim(),
            why: form.why.trim(),
            kind: form.kind,
            station: form.station || undefined,
            gauge: plan?.gauge,
            owner: plan?.owner,
            down: form.on === 'alarm' && form.kind === 'corrective' ? plan?.down : undefined,
            severity: form.severity,
            minutes: Number(form.minutes) || 0,
            running: form.running.trim() || undefined,
            due_hours: Number(form.due_hours),
            trigger: triggerOf(form, plan),
            active: form.active,
            version: plan?.version,
            reason: form.reason.trim() || undefined,
          },
        })
      }
    >
      <div className={classes.fields}>
        {text('id', t('maintenance.plans.id'), 64)}
        {text('title', t('maintenance.field.title'), 200)}
        <Select
          label={t('maintenance.field.station')}
          data={(plant.data?.stations ?? []).map((s) => ({ value: s.id, label: `${s.id} ${s.name}` }))}
          value={form.station || null}
          error={errors.station}
          onChange={(value) => set({ station: value ?? '' })}
          searchable
        />
        <Select
          label={t('maintenance.field.kind')}
          data={kinds
            .filter((kind) => kind !== 'calibration' || plan?.gauge)
            .map((value) => ({ value, label: t(`maintenance.kind.${value}`) }))}
          value={form.kind}
          error={errors.kind}
          onChange={(value) => set({ kind: value ?? form.kind })}
          allowDeselect={false}
        />
        <Select
          label={t('maintenance.field.severity')}
          data={severities.map((value) => ({ value, label: t(`status.severity.${value}`) }))}
          value={form.severity}
          error={errors.severity}
          onChange={(value) => set({ severity: value ?? form.severity })}
          allowDeselect={false}
        />
        <NumberInput
          label={t('maintenance.field.minutes_n')}
          min={0}
          value={form.minutes}
          error={errors.minutes}
          onChange={(minutes) => set({ minutes })}
        />
        <NumberInput
          label={t('maintenance.plans.due_hours')}
          min={1}
          value={form.due_hours}
          error={errors.due_hours}
          onChange={(due_hours) => set({ due_hours })}
        />
        <Select
          label={t('maintenance.plans.when')}
          data={triggers.map((value) => ({ value, label: t(`maintenance.trigger.${value}`) }))}
          value={form.on}
          error={errors['trigger.on']}
          onChange={(value) => set({ on: (value ?? form.on) as Trigger })}
          allowDeselect={false}
        />
      </div>
      <TriggerFields form={form} set={set} errors={errors} devices={(plant.data?.devices ?? []).map((d) => d.id)} />
      <Textarea
        label={t('maintenance.plans.why')}
        value={form.why}
        maxLength={2000}
        autosize
        minRows={2}
        error={errors.why}
        onChange={(event) => set({ why: event.currentTarget.value })}
      />
      {text('running', t('maintenance.field.running'), 500)}
      <Checkbox
        label={t('maintenance.plans.active')}
        checked={form.active}
        onChange={(event) => set({ active: event.currentTarget.checked })}
      />
      {plan && text('reason', t('maintenance.field.reason'), 500)}
    </ConfirmDialog>
  )
}

interface TriggerProps {
  form: Form
  set: (part: Partial<Form>) => void
  errors: Record<string, string>
  devices: string[]
}

function TriggerFields({ form, set, errors, devices }: TriggerProps) {
  const t = useT()
  const text = (name: 'at' | 'days' | 'tag' | 'alarm', max: number) => (
    <TextInput
      label={t(`maintenance.plans.${name}`)}
      value={form[name]}
      maxLength={max}
      error={errors[`trigger.${name}`]}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
    />
  )
  switch (form.on) {
    case 'calendar':
      return (
        <>
          <div className={classes.fields}>
            {text('at', 5)}
            {text('days', 100)}
          </div>
          <Checkbox.Group
            label={t('maintenance.plans.weekdays')}
            value={form.weekdays}
            onChange={(weekdays) => set({ weekdays })}
          >
            <Group gap="md">
              {week.map((day, i) => (
                <Checkbox key={day} value={String((i + 1) % 7)} label={t(`maintenance.day.${day}`)} />
              ))}
            </Group>
          </Checkbox.Group>
        </>
      )
    case 'tag':
      return (
        <div className={classes.fields}>
          <Select
            label={t('maintenance.plans.device')}
            data={devices}
            value={form.device || null}
            onChange={(value) => set({ device: value ?? '' })}
            searchable
          />
          {text('tag', 200)}
          <DecimalField
            label={t('maintenance.plans.lower')}
            value={form.lower}
            error={errors['trigger.lower']}
            onChange={(lower) => set({ lower })}
          />
          <DecimalField
            label={t('maintenance.plans.upper')}
            value={form.upper}
            error={errors['trigger.upper']}
            onChange={(upper) => set({ upper })}
          />
        </div>
      )
    case 'alarm':
      return text('alarm', 100)
  }
  return (
    <NumberInput
      label={t(`maintenance.plans.every_${form.on}`)}
      min={1}
      value={form.every}
      error={errors['trigger.every']}
      onChange={(every) => set({ every })}
    />
  )
}
