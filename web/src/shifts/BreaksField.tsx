import { ActionIcon, Button, NumberInput, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useT } from '../i18n/i18n'
import type { Break } from './calendar'
import classes from './calendar.module.css'

interface Props {
  value: Break[]
  onChange: (breaks: Break[]) => void
  errors: Record<string, string>
}

/** The breaks of a shift: nobody is planned to work in them, so they are no stops. */
export function BreaksField({ value, onChange, errors }: Props) {
  const t = useT()
  const set = (i: number, change: Partial<Break>) => onChange(value.map((b, j) => (i === j ? { ...b, ...change } : b)))
  return (
    <fieldset className={classes.breaks}>
      <legend>{t('shifts.breaks')}</legend>
      {value.map((b, i) => (
        <div key={i} className={classes.break}>
          <TextInput
            aria-label={t('shifts.break.name', { n: i + 1 })}
            value={b.name}
            maxLength={100}
            onChange={(event) => set(i, { name: event.currentTarget.value })}
            error={errors[`breaks[${i}].name`]}
          />
          <TextInput
            type="time"
            aria-label={t('shifts.break.start', { n: i + 1 })}
            value={b.start}
            onChange={(event) => set(i, { start: event.currentTarget.value })}
            error={errors[`breaks[${i}].start`]}
          />
          <NumberInput
            aria-label={t('shifts.break.minutes', { n: i + 1 })}
            suffix=" min"
            min={1}
            max={1440}
            value={b.minutes}
            onChange={(minutes) => set(i, { minutes: Number(minutes) })}
            error={errors[`breaks[${i}].minutes`]}
          />
          <ActionIcon
            variant="default"
            aria-label={t('shifts.break.remove', { n: i + 1 })}
            onClick={() => onChange(value.filter((_, j) => j !== i))}
          >
            <IconTrash className="icon" aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <Button
        size="compact-sm"
        onClick={() => onChange([...value, { name: t('shifts.break'), start: '09:00', minutes: 15 }])}
      >
        {t('shifts.break.add')}
      </Button>
    </fieldset>
  )
}
