import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListFrame, Rows } from '../list/ListFrame'
import { CsvButton, SearchField, ShareButton } from '../list/ListTools'
import type { ListSearch } from '../list/page'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { stateOf, terminalsQuery, type RegisteredTerminal } from './terminal'
import { TerminalDialog } from './TerminalDialog'

const route = getRouteApi('/shell/terminals')

/** A site has some dozens of terminals, so the list is filtered here. */
const found = (terminals: RegisteredTerminal[], q = '') =>
  terminals.filter((terminal) =>
    [terminal.id, terminal.station, terminal.name, terminal.registered_by]
      .join(' ')
      .toLowerCase()
      .includes(q.toLowerCase()),
  )

/** Which screens and programs may work at which station. They are registered at the station itself, and revoked here. */
export function TerminalsPage() {
  const t = useT()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(terminalsQuery)
  const columns = useColumns()
  const rows = useMemo(() => found(query.data ?? [], search.q), [query.data, search.q])
  const go = (change: Partial<ListSearch>) =>
    void navigate({ to: '/terminals', search: { ...search, ...change }, replace: true })
  const chosen = query.data?.find((terminal) => terminal.id === search.sel)
  return (
    <ListFrame
      title={t('terminals.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton path="/terminals" query={{}} />
        </>
      }
      tools={<SearchField label={t('terminals.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />}
    >
      {query.isPending && <Rows />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && rows.length === 0 && (
        <EmptyState title={search.q ? t('list.none_found') : t('terminals.empty.title')}>
          {search.q ? t('list.none_found_text') : t('terminals.empty.text')}
        </EmptyState>
      )}
      {rows.length > 0 && (
        <DataTable
          label={t('terminals.title')}
          columns={columns}
          rows={rows}
          rowId={(terminal) => terminal.id}
          selected={search.sel}
          onOpen={(terminal) => go({ sel: terminal.id })}
        />
      )}
      {chosen && <TerminalDialog key={chosen.id} terminal={chosen} onClose={() => go({ sel: undefined })} />}
    </ListFrame>
  )
}

function useColumns(): ColumnDef<RegisteredTerminal>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'name',
        header: t('terminals.column.name'),
        meta: { width: '26%' },
        cell: ({ row: { original: r } }) => (
          <>
            <b>{r.name}</b>
            <small className="id">{r.id}</small>
          </>
        ),
      },
      {
        id: 'station',
        header: t('terminals.column.station'),
        meta: { width: '12%' },
        cell: ({ row }) => <b className="id">{row.original.station}</b>,
      },
      {
        id: 'state',
        header: t('list.by_state'),
        meta: { width: '24%' },
        cell: ({ row: { original: r } }) => (
          <>
            <Status of="terminal" state={stateOf(r)} />
            {r.reason && <small title={r.reason}>{r.reason}</small>}
          </>
        ),
      },
      {
        id: 'seen',
        header: t('terminals.column.seen'),
        meta: { width: '16%' },
        cell: ({ row }) => (row.original.last_seen ? <Time value={row.original.last_seen} /> : t('terminals.never')),
      },
      {
        id: 'registered',
        header: t('terminals.column.registered'),
        meta: { width: '22%' },
        cell: ({ row: { original: r } }) => (
          <>
            <Time value={r.registered_at} />
            <small className="id">{r.registered_by}</small>
          </>
        ),
      },
    ],
    [t],
  )
}
