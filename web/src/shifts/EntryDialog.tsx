import { Chip, MultiSelect, NumberInput, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { localeOf, useLanguage, useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { Reason } from '../people/ReasonDialog'
import { toFieldValue } from '../time/format'
import { useNow } from '../time/now'
import { useZone } from '../time/site'
import type { Entry, EntryKind, Week } from './calendar'
import { dayName, isoDays } from './shift'

const kinds: EntryKind[] = ['planned_down', 'holiday', 'extra_shift']

interface Props {
  week: Week
  places: { value: string; label: string }[]
  onClose: () => void
}

/** A holiday, an extra shift or a planned stop, with its reason. */
export function EntryDialog({ week, places, onClose }: Props) {
  const t = useT()
  const locale = localeOf(useLanguage())
  const today = toFieldValue(useZone(), new Date(useNow())).slice(0, 10)
  const [kind, setKind] = useState<EntryKind>('planned_down')
  const [name, setName] = useState('')
  const [equipment, setEquipment] = useState<string[]>([])
  const [day, setDay] = useState(today)
  const [until, setUntil] = useState('')
  const [weekdays, setWeekdays] = useState<string[]>([])
  const [start, setStart] = useState('13:30')
  const [minutes, setMinutes] = useState<number | string>(30)
  const [shift, setShift] = useState(week.shifts?.[0]?.id ?? null)
  const [reason, setReason] = useState('')
  const enter = useCommand(onClose)
  const errors = fieldErrors(enter.error)
  const planned = kind === 'planned_down'
  const body = {
    kind,
    name: name.trim(),
    day,
    ...(until ? { until } : {}),
    ...(equipment.length > 0 ? { equipment } : {}),
    ...(kind === 'extra_shift' ? { shift } : {}),
    ...(planned ? { start, minutes: Number(minutes) } : {}),
    ...(planned && weekdays.length > 0 ? { weekdays: weekdays.map(Number).toSorted((a, b) => a - b) } : {}),
    reason: reason.trim(),
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('calendar.new')}
      confirm={t('calendar.enter')}
      busy={enter.isPending}
      disabled={!body.name || !day || reason.trim().length < 3 || (planned && (!start || !Number(minutes)))}
      error={enter.error}
      onConfirm={() => enter.mutate({ path: '/calendar/entries', body })}
    >
      {day < today && <p>{t('calendar.past')}</p>}
      <Select
        label={t('calendar.column.kind')}
        data={kinds.map((k) => ({ value: k, label: t(`calendar.kind.${k}`) }))}
        value={kind}
        onChange={(value) => value && setKind(value as EntryKind)}
        allowDeselect={false}
      />
      <TextInput
        label={t('calendar.column.name')}
        value={name}
        maxLength={100}
        onChange={(event) => setName(event.currentTarget.value)}
        error={errors.name}
        data-autofocus
      />
      <MultiSelect
        label={t('calendar.column.where')}
        description={t('calendar.where_help')}
        data={places}
        value={equipment}
        onChange={setEquipment}
        searchable
        error={errors.equipment}
      />
      <TextInput
        type="date"
        label={t('shifts.field.from')}
        value={day}
        onChange={(event) => setDay(event.currentTarget.value)}
        error={errors.day}
      />
      <TextInput
        type="date"
        label={t('shifts.field.until')}
        description={t('calendar.until_help')}
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
        error={errors.until}
      />
      {kind === 'extra_shift' && (
        <Select
          label={t('shifts.column.shift')}
          data={(week.shifts ?? []).map((s) => ({ value: s.id, label: s.name }))}
          value={shift}
          onChange={setShift}
          error={errors.shift}
        />
      )}
      {planned && (
        <>
          <TextInput
            type="time"
            label={t('shifts.field.start')}
            value={start}
            onChange={(event) => setStart(event.currentTarget.value)}
            error={errors.start}
          />
          <NumberInput
            label={t('calendar.minutes')}
            min={1}
            max={10080}
            value={minutes}
            onChange={setMinutes}
            error={errors.minutes}
          />
          <fieldset>
            <legend>{t('calendar.weekdays')}</legend>
            <Chip.Group multiple value={weekdays} onChange={setWeekdays}>
              <div className="row">
                {isoDays.map((n) => (
                  <Chip key={n} value={String(n)}>
                    {dayName(locale, n)}
                  </Chip>
                ))}
              </div>
            </Chip.Group>
          </fieldset>
        </>
      )}
      <Reason value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}

/** Takes an entry back, with the reason. */
export function StrikeDialog({ entry, onClose }: { entry: Entry; onClose: () => void }) {
  const t = useT()
  const [reason, setReason] = useState('')
  const strike = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('calendar.strike.title', { name: entry.name })}
      confirm={t('calendar.strike')}
      busy={strike.isPending}
      disabled={reason.trim().length < 3}
      error={strike.error}
      onConfirm={() => strike.mutate({ path: `/calendar/entries/${entry.id}/strike`, body: { reason: reason.trim() } })}
    >
      <p>{t('calendar.strike.text')}</p>
      <Reason value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}
