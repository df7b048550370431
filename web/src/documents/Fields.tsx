import { NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { DecimalField } from '../form/DecimalField'
import { useT } from '../i18n/i18n'
import { fieldWord } from './words'
import classes from './documents.module.css'

/** A text of a document by its field's name; empty is left out of the content. */
export function Words<T>({ of, name, change, long }: FieldProps<T> & { long?: boolean }) {
  const t = useT()
  const shared = {
    label: fieldWord(t, String(name)),
    value: String(of[name] ?? ''),
  }
  const set = (text: string) => change({ [name]: text === '' ? undefined : text } as Partial<T>)
  if (long)
    return (
      <Textarea
        {...shared}
        autosize
        minRows={2}
        className={classes.wide}
        onChange={(e) => set(e.currentTarget.value)}
      />
    )
  return <TextInput {...shared} onChange={(e) => set(e.currentTarget.value)} />
}

/** A decimal as text, digit by digit; with a comma or a point, as the reader writes it. */
export function Decimal<T>({ of, name, change }: FieldProps<T>) {
  const t = useT()
  return (
    <DecimalField
      label={fieldWord(t, String(name))}
      value={String(of[name] ?? '')}
      onChange={(text) =>
        change({ [name]: text.trim() === '' ? undefined : text.trim().replace(',', '.') } as Partial<T>)
      }
    />
  )
}

/** A whole number; empty is left out. */
export function Whole<T>({ of, name, change }: FieldProps<T>) {
  const t = useT()
  return (
    <NumberInput
      label={fieldWord(t, String(name))}
      allowDecimal={false}
      min={0}
      value={(of[name] as number | undefined) ?? ''}
      onChange={(n) => change({ [name]: n === '' ? undefined : Number(n) } as Partial<T>)}
    />
  )
}

/** One of some words. */
export function Choice<T>({
  of,
  name,
  change,
  data,
  clearable,
}: FieldProps<T> & { data: { value: string; label: string }[]; clearable?: boolean }) {
  const t = useT()
  return (
    <Select
      label={fieldWord(t, String(name))}
      searchable={data.length > 8}
      clearable={clearable}
      clearButtonProps={{ 'aria-label': t('list.clear') }}
      allowDeselect={false}
      data={data}
      value={(of[name] as string | undefined) ?? null}
      onChange={(value) => change({ [name]: value ?? undefined } as Partial<T>)}
    />
  )
}

interface FieldProps<T> {
  of: T
  name: keyof T
  change: (part: Partial<T>) => void
}
