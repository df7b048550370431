import { TextInput, type TextInputProps } from '@mantine/core'
import { useT } from '../i18n/i18n'
import { readDecimal } from '../value/decimal'

interface Props extends Omit<TextInputProps, 'onChange' | 'value'> {
  value: string
  onChange: (text: string) => void
  unit?: string
}

/** A number as text: what is typed is what is sent, digit by digit. Says at once when it can't be read as a number. */
export function DecimalField({ value, onChange, unit, error, ...rest }: Props) {
  const t = useT()
  const unread = value.trim() !== '' && readDecimal(value) === null
  return (
    <TextInput
      {...rest}
      inputMode="decimal"
      autoComplete="off"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      rightSection={unit ? <span className="label">{unit}</span> : undefined}
      rightSectionWidth={unit ? 56 : undefined}
      error={unread ? t('form.not_a_number') : error}
    />
  )
}
