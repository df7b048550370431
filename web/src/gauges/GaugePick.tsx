import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useT } from '../i18n/i18n'
import { kindQuery, usable } from './gauge'

interface Props {
  kind: string
  value: string
  onChange: (gauge: string) => void
  error?: string
  className?: string
}

/** The gauge that is measured with. Those that may not be used are named, with why, and can't be chosen. */
export function GaugePick({ kind, value, onChange, error, className }: Props) {
  const t = useT()
  const query = useQuery(kindQuery(kind))
  const known = query.data?.items ?? []
  const data = known.map((g) => ({
    value: g.id,
    label: usable(g) ? `${g.id}, ${g.name}` : `${g.id}, ${t(`status.gauge.${g.state ?? 'uncalibrated'}`)}`,
    disabled: !usable(g),
  }))
  // A scanned code that is no gauge of this kind is shown too: the server says what is wrong with it.
  if (value && !known.some((g) => g.id === value)) data.push({ value, label: value, disabled: false })
  return (
    <Select
      className={className}
      label={t('gauges.pick', { kind })}
      placeholder={t('gauges.pick_hint')}
      data={data}
      value={value || null}
      onChange={(gauge) => onChange(gauge ?? '')}
      error={error}
      searchable
    />
  )
}
