import { Button, SegmentedControl, TextInput } from '@mantine/core'
import { IconClockExclamation, IconClockPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListFrame, Rows } from '../list/ListFrame'
import { CsvButton, SearchField, ShareButton } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Note } from '../status/Status'
import { toFieldValue } from '../time/format'
import { useNow } from '../time/now'
import { useZone } from '../time/site'
import { CorrectDialog } from './CorrectDialog'
import { EntriesDialog } from './EntriesDialog'
import { byPerson, codesQuery, daysQuery, spans, workTime, type LabourSearch, type PersonDay } from './labour'

const route = getRouteApi('/shell/labour')

/** What people worked, by day: on orders, and otherwise by its kind. */
export function LabourPage() {
  const t = useT()
  const search = route.useSearch()
  const navigate = useNavigate()
  const today = toFieldValue(useZone(), new Date(useNow())).slice(0, 10)
  const query = useQuery(daysQuery(search))
  const columns = useColumns()
  const [shown, setShown] = useState<PersonDay>()
  const [correcting, setCorrecting] = useState(false)
  const me = useMe()
  const go = (change: Partial<LabourSearch>) =>
    void navigate({ to: '/labour', search: { ...search, ...change }, replace: true })
  const needle = search.q?.toLowerCase() ?? ''
  const people = byPerson(query.data?.rows ?? []).filter((p) => `${p.account} ${p.name}`.toLowerCase().includes(needle))
  return (
    <ListFrame
      title={t('labour.title')}
      actions={
        <>
          {can(me, 'labour.correct') && <Button onClick={() => setCorrecting(true)}>{t('labour.correct')}</Button>}
          <ShareButton />
          <CsvButton path="/labour/days" query={{ from: search.from, days: search.days }} />
        </>
      }
      tools={
        <>
          <SearchField label={t('labour.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />
          <TextInput
            type="date"
            aria-label={t('labour.from')}
            value={search.from ?? today}
            max={today}
            onChange={(event) => go({ from: event.currentTarget.value || undefined })}
          />
          <SegmentedControl
            aria-label={t('labour.span')}
            data={spans.map((days) => ({ value: days, label: t('labour.days', { count: Number(days) }) }))}
            value={search.days ?? '1'}
            onChange={(days) => go({ days: days === '1' ? undefined : days })}
          />
        </>
      }
    >
      {query.isPending && <Rows />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && people.length === 0 && (
        <EmptyState title={search.q ? t('list.none_found') : t('labour.empty.title')}>
          {search.q ? t('list.none_found_text') : t('labour.empty.text')}
        </EmptyState>
      )}
      {people.length > 0 && (
        <DataTable label={t('labour.title')} columns={columns} rows={people} rowId={(p) => p.id} onOpen={setShown} />
      )}
      {shown && query.data && <EntriesDialog person={shown} days={query.data} onClose={() => setShown(undefined)} />}
      {correcting && <CorrectDialog onClose={() => setCorrecting(false)} />}
    </ListFrame>
  )
}

function useColumns(): ColumnDef<PersonDay>[] {
  const t = useT()
  const codes = useQuery(codesQuery).data?.items
  return useMemo(() => {
    const nameOf = (code?: string) => codes?.find((c) => c.id === code)?.name ?? code
    return [
      { id: 'day', header: t('labour.column.day'), meta: { width: '12%' }, cell: ({ row }) => row.original.day },
      {
        id: 'person',
        header: t('labour.column.person'),
        meta: { width: '22%' },
        cell: ({ row: { original: p } }) => (
          <>
            <b>{p.name}</b>
            <small className="id">{p.account}</small>
          </>
        ),
      },
      {
        id: 'direct',
        header: t('labour.column.direct'),
        meta: { width: '12%', numeric: true },
        cell: ({ row }) => workTime(t, row.original.direct),
      },
      {
        id: 'indirect',
        header: t('labour.column.indirect'),
        meta: { width: '24%', numeric: true },
        cell: ({ row: { original: p } }) => (
          <>
            {workTime(t, p.indirect)}
            {p.codes.map((c) => (
              <small key={c.code}>
                {nameOf(c.code)} {workTime(t, c.ms)}
              </small>
            ))}
          </>
        ),
      },
      {
        id: 'sum',
        header: t('labour.column.sum'),
        meta: { width: '12%', numeric: true },
        cell: ({ row: { original: p } }) => <b>{workTime(t, p.direct + p.indirect)}</b>,
      },
      {
        id: 'state',
        header: t('labour.column.clock'),
        meta: { width: '18%' },
        cell: ({ row: { original: p } }) => (
          <>
            {p.open && (
              <Note tone="plain" icon={IconClockPlay} size="body">
                {t('labour.running')}
              </Note>
            )}
            {p.cut && (
              <Note tone="warn" icon={IconClockExclamation} size="body">
                {t('labour.cut')}
              </Note>
            )}
          </>
        ),
      },
    ]
  }, [t, codes])
}
