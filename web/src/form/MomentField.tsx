import { TextInput, type TextInputProps } from '@mantine/core'
import { useT } from '../i18n/i18n'
import { fromFieldValue, zoneName } from '../time/format'
import { useZone } from '../time/site'

interface Props extends Omit<TextInputProps, 'onChange' | 'value' | 'type'> {
  /** Wall-clock text of the site, as the browser's own field gives it. */
  value: string
  onChange: (text: string) => void
}

/** Date and time on the site's clock; the label names the zone. */
export function MomentField({ value, onChange, label, ...rest }: Props) {
  const t = useT()
  const zone = useZone()
  const at = value ? fromFieldValue(zone, value) : new Date()
  return (
    <TextInput
      {...rest}
      type="datetime-local"
      label={t('form.in_zone', { label: String(label), zone: zoneName(zone, at) })}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
