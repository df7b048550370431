import { Select, type SelectProps } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { matrixQuery } from '../qualifications/qualification'

interface Props extends Omit<SelectProps, 'data' | 'value' | 'onChange'> {
  value: string
  onChange: (account: string) => void
}

/** One person of the site, by name. Who is not in the list any more is still shown. */
export function PersonSelect({ value, onChange, ...rest }: Props) {
  const matrix = useQuery(matrixQuery())
  const people = (matrix.data?.people ?? []).map((p) => ({ value: p.account, label: `${p.name} (${p.account})` }))
  const data = value && !people.some((p) => p.value === value) ? [...people, { value, label: value }] : people
  return <Select {...rest} data={data} value={value || null} onChange={(next) => onChange(next ?? '')} searchable />
}
