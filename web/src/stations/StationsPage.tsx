import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListFrame, Rows } from '../list/ListFrame'
import { CsvButton, SearchField, ShareButton } from '../list/ListTools'
import { nextSort, type ListSearch } from '../list/page'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import type { Station } from '../plant/plant'
import { Status } from '../status/Status'
import { duration } from '../time/duration'
import { useNow } from '../time/now'
import { stationsQuery } from './station'

const route = getRouteApi('/shell/stations')

const order = ['down', 'stopped', 'waiting', 'running', 'idle']

const compare: Record<string, (a: Station, b: Station) => number> = {
  id: (a, b) => a.id.localeCompare(b.id),
  state: (a, b) => order.indexOf(a.state) - order.indexOf(b.state),
  waiting: (a, b) => a.waiting - b.waiting,
}

/** A plant has some dozens of stations, so the list is filtered and sorted here. */
function arrange(stations: Station[], { q, sort }: ListSearch): Station[] {
  const needle = q?.toLowerCase() ?? ''
  const found = stations.filter((s) => `${s.id} ${s.name} ${s.line}`.toLowerCase().includes(needle))
  const by = compare[sort?.replace('-', '') ?? '']
  if (!by) return found
  return found.sort((a, b) => (sort!.startsWith('-') ? -by(a, b) : by(a, b)))
}

export function StationsPage() {
  const t = useT()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(stationsQuery)
  const columns = useColumns()
  const rows = useMemo(() => arrange(query.data ?? [], search), [query.data, search])
  const go = (change: Partial<ListSearch>) =>
    void navigate({ to: '/stations', search: { ...search, ...change }, replace: true })
  return (
    <ListFrame
      title={t('stations.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton path="/stations" query={{}} />
        </>
      }
      tools={<SearchField label={t('stations.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />}
    >
      {query.isPending && <Rows />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && rows.length === 0 && (
        <EmptyState title={search.q ? t('list.none_found') : t('stations.empty.title')}>
          {search.q ? t('list.none_found_text') : t('stations.empty.text')}
        </EmptyState>
      )}
      {rows.length > 0 && (
        <DataTable
          label={t('stations.title')}
          columns={columns}
          rows={rows}
          rowId={(station) => station.id}
          sort={search.sort}
          onSort={(column) => go({ sort: nextSort(search.sort, column) })}
          onOpen={(station) => void navigate({ to: '/stations/$station', params: { station: station.id } })}
        />
      )}
    </ListFrame>
  )
}

function useColumns(): ColumnDef<Station>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'station',
        header: t('stations.column.station'),
        meta: { width: '26%', sort: 'id' },
        cell: ({ row: { original: s } }) => (
          <>
            <b className="id">{s.id}</b>
            <small>{s.name}</small>
          </>
        ),
      },
      { id: 'line', header: t('stations.column.line'), meta: { width: '12%' }, cell: ({ row }) => row.original.line },
      {
        id: 'state',
        header: t('list.by_state'),
        meta: { width: '34%', sort: 'state' },
        cell: ({ row: { original: s } }) => (
          <>
            <Status of="station" state={s.state} />
            {s.machine && (
              <small>
                {t('stations.machine')} <Status of="machine_state" state={s.machine} />
              </small>
            )}
            {s.reason && <small title={s.reason}>{s.reason}</small>}
          </>
        ),
      },
      {
        id: 'for',
        header: t('lots.column.for'),
        meta: { width: '10%' },
        cell: ({ row }) => <For since={row.original.since} />,
      },
      {
        id: 'running',
        header: t('stations.column.running'),
        meta: { width: '9%', numeric: true },
        cell: ({ row }) => row.original.running,
      },
      {
        id: 'waiting',
        header: t('stations.column.waiting'),
        meta: { width: '9%', numeric: true, sort: 'waiting' },
        cell: ({ row }) => row.original.waiting,
      },
    ],
    [t],
  )
}

function For({ since }: { since?: string }) {
  const t = useT()
  const now = useNow()
  return <>{since && duration(t, now - new Date(since).getTime())}</>
}
