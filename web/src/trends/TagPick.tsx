import { MultiSelect } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { mostTags, tagsQuery, withUnit, type Tag } from './trends'

/** Picks tags among all that were ever recorded: what is typed is searched by the server. */
export function TagPick({ tags, onPick }: { tags: Tag[]; onPick: (ids: number[]) => void }) {
  const t = useT()
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 200)
  const found = useQuery(tagsQuery({ q: q || undefined }))
  const known = new Map([...tags, ...(found.data?.items ?? [])].map((tag) => [String(tag.id), tag]))
  return (
    <MultiSelect
      label={t('telemetry.tags')}
      placeholder={tags.length === 0 ? t('telemetry.pick') : undefined}
      data={[...known].map(([value, tag]) => ({ value, label: withUnit(tag) }))}
      value={tags.map((tag) => String(tag.id))}
      onChange={(ids) => {
        setTyped('')
        onPick(ids.map(Number))
      }}
      searchValue={typed}
      onSearchChange={setTyped}
      // The server searches more than the label: stations, addresses.
      filter={({ options }) => options}
      nothingFoundMessage={t('list.none_found')}
      maxValues={mostTags}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('list.clear') }}
    />
  )
}
