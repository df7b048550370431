import { Chip, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { localeOf, useLanguage, useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { Reason } from '../people/ReasonDialog'
import { BreaksField } from './BreaksField'
import { dayName, isoDays, type Shift } from './shift'

/** A shift's name, days and times, new or changed. */
export function ShiftDialog({ shift, onClose }: { shift?: Shift; onClose: () => void }) {
  const t = useT()
  const locale = localeOf(useLanguage())
  const [id, setId] = useState(shift?.id ?? '')
  const [name, setName] = useState(shift?.name ?? '')
  const [days, setDays] = useState((shift?.days ?? [1, 2, 3, 4, 5]).map(String))
  const [start, setStart] = useState(shift?.start ?? '06:00')
  const [end, setEnd] = useState(shift?.end ?? '14:00')
  const [breaks, setBreaks] = useState(shift?.breaks ?? [])
  const [from, setFrom] = useState('')
  const [reason, setReason] = useState('')
  const put = useCommand(onClose)
  const errors = fieldErrors(put.error)
  const body = {
    id: id.trim(),
    name: name.trim(),
    days: days.map(Number).toSorted((a, b) => a - b),
    start,
    end,
    ...(breaks.length > 0 ? { breaks } : {}),
    ...(shift?.equipment?.length ? { equipment: shift.equipment } : {}),
    ...(from ? { from } : {}),
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={shift ? t('shifts.change_title', { name: shift.name }) : t('shifts.new')}
      confirm={t('shifts.save')}
      busy={put.isPending}
      disabled={!body.id || !body.name || days.length === 0 || !start || !end || reason.trim().length < 3}
      error={put.error}
      onConfirm={() => put.mutate({ path: '/shifts', body: { ...body, reason: reason.trim() } })}
    >
      {!shift && (
        <TextInput
          label={t('shifts.field.id')}
          value={id}
          maxLength={64}
          onChange={(event) => setId(event.currentTarget.value)}
          error={errors.id}
          data-autofocus
        />
      )}
      <TextInput
        label={t('shifts.field.name')}
        value={name}
        maxLength={100}
        onChange={(event) => setName(event.currentTarget.value)}
        error={errors.name}
      />
      <fieldset>
        <legend>{t('shifts.column.days')}</legend>
        <Chip.Group multiple value={days} onChange={setDays}>
          <div className="row">
            {isoDays.map((day) => (
              <Chip key={day} value={String(day)}>
                {dayName(locale, day)}
              </Chip>
            ))}
          </div>
        </Chip.Group>
      </fieldset>
      <TextInput
        type="time"
        label={t('shifts.field.start')}
        value={start}
        onChange={(event) => setStart(event.currentTarget.value)}
        error={errors.start}
      />
      <TextInput
        type="time"
        label={t('shifts.field.end')}
        description={t('shifts.field.end_help')}
        value={end}
        onChange={(event) => setEnd(event.currentTarget.value)}
        error={errors.end}
      />
      <BreaksField value={breaks} onChange={setBreaks} errors={errors} />
      {shift && (
        <TextInput
          type="date"
          label={t('shifts.field.holds_from')}
          description={t('shifts.field.holds_from_help')}
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
          error={errors.from}
        />
      )}
      <Reason value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}
