import { Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useState } from 'react'
import { MomentField } from '../form/MomentField'
import { useT } from '../i18n/i18n'
import { SearchField } from '../list/ListTools'
import classes from './audit.module.css'
import { nouns, nounWord, type TrailSearch } from './trail'

interface Props {
  search: TrailSearch
  onChange: (change: Partial<TrailSearch>) => void
}

/** The filters of the trail. The address follows as one types. */
export function TrailTools({ search, onChange }: Props) {
  const t = useT()
  const data = [...new Set([...nouns, ...(search.noun ? [search.noun] : [])])]
  return (
    <div className={classes.tools}>
      <SearchField label={t('audit.search')} value={search.q} onChange={(q) => onChange({ q: q || undefined })} />
      <Select
        label={t('audit.filter.noun')}
        clearable
        clearButtonProps={{ 'aria-label': t('list.clear') }}
        data={data.map((value) => ({ value, label: nounWord(t, value) }))}
        value={search.noun ?? null}
        onChange={(noun) => onChange({ noun: noun ?? undefined })}
        w={170}
      />
      <Field name="subject" search={search} onChange={onChange} />
      <Field name="actor" search={search} onChange={onChange} />
      <MomentField
        label={t('audit.filter.from')}
        value={search.from ?? ''}
        onChange={(from) => onChange({ from: from || undefined })}
      />
      <MomentField
        label={t('audit.filter.to')}
        value={search.to ?? ''}
        onChange={(to) => onChange({ to: to || undefined })}
      />
    </div>
  )
}

/** A filter by exact text. */
function Field({ name, search, onChange }: Props & { name: 'subject' | 'actor' }) {
  const t = useT()
  const value = search[name] ?? ''
  const [text, setText] = useState(value)
  const [known, setKnown] = useState(value)
  if (value !== known) {
    setKnown(value)
    if (value !== text.trim()) setText(value)
  }
  const report = useDebouncedCallback((next: string) => onChange({ [name]: next.trim() || undefined }), 400)
  return (
    <TextInput
      label={t(`audit.filter.${name}`)}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value)
        report(event.currentTarget.value)
      }}
      w={140}
    />
  )
}
