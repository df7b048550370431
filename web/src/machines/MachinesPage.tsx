import { Badge } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo } from 'react'
import { useLanguage, useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListFrame, Rows } from '../list/ListFrame'
import { CsvButton, SearchField, ShareButton } from '../list/ListTools'
import { nextSort } from '../list/page'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { useKeys } from '../scan/ScanProvider'
import { Status } from '../status/Status'
import { duration } from '../time/duration'
import { useNow } from '../time/now'
import { MachineDrawer } from './MachineDrawer'
import { machinesPath, machinesQuery, reasonName, reasonsQuery, type Machine, type MachineSearch } from './machine'
import classes from './machines.module.css'

const route = getRouteApi('/shell/machines')

const urgency = ['unplanned_down', 'unknown', 'blocked', 'starved', 'setup', 'planned_down', 'idle', 'running']

const compare: Record<string, (a: Machine, b: Machine) => number> = {
  station: (a, b) => a.station.localeCompare(b.station),
  state: (a, b) => urgency.indexOf(a.state) - urgency.indexOf(b.state),
  unexplained: (a, b) => b.unexplained - a.unexplained,
}

function arrange(machines: Machine[], { q, sort }: MachineSearch): Machine[] {
  const needle = q?.toLowerCase() ?? ''
  const found = machines.filter((m) => `${m.station} ${m.name} ${m.device ?? ''}`.toLowerCase().includes(needle))
  const by = compare[sort?.replace('-', '') ?? '']
  return by ? found.sort((a, b) => (sort!.startsWith('-') ? -by(a, b) : by(a, b))) : found
}

/** Every machine as it is now, with the log of one beside it. */
export function MachinesPage() {
  const t = useT()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const query = useQuery(machinesQuery)
  const columns = useColumns()
  const rows = useMemo(() => arrange([...(query.data ?? [])], search), [query.data, search])
  const go = (change: Partial<MachineSearch>, replace = true) =>
    void navigate({ search: (old: MachineSearch) => ({ ...old, ...change }), replace })
  const select = (sel?: string) => go({ sel }, sel === undefined)
  useKeys((key) => {
    if (key !== 'Escape' || !search.sel) return false
    select(undefined)
    return true
  })
  return (
    <div className={classes.split} data-open={search.sel !== undefined || undefined}>
      <ListFrame
        title={t('machines.title')}
        actions={
          <>
            <ShareButton />
            <CsvButton path={machinesPath} query={{}} />
          </>
        }
        tools={
          <SearchField label={t('machines.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />
        }
      >
        {query.isPending && <Rows />}
        {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
        {query.data && rows.length === 0 && (
          <EmptyState title={search.q ? t('list.none_found') : t('machines.empty.title')}>
            {search.q ? t('list.none_found_text') : t('machines.empty.text')}
          </EmptyState>
        )}
        {rows.length > 0 && (
          <DataTable
            label={t('machines.title')}
            columns={columns}
            rows={rows}
            rowId={(machine) => machine.station}
            sort={search.sort}
            onSort={(column) => go({ sort: nextSort(search.sort, column) })}
            selected={search.sel}
            onOpen={(machine) => select(machine.station)}
            onClose={() => select(undefined)}
          />
        )}
      </ListFrame>
      {search.sel && (
        <MachineDrawer
          key={search.sel}
          station={search.sel}
          hours={search.hours ?? 8}
          onHours={(hours) => go({ hours })}
          onClose={() => select(undefined)}
        />
      )}
    </div>
  )
}

function useColumns(): ColumnDef<Machine>[] {
  const t = useT()
  const language = useLanguage()
  const reasons = useQuery(reasonsQuery)
  return useMemo(
    () => [
      {
        id: 'station',
        header: t('machines.column.station'),
        meta: { width: '24%', sort: 'station' },
        cell: ({ row: { original: m } }) => (
          <>
            <b className="id">{m.station}</b>
            <small>{[m.name, m.device].filter(Boolean).join(', ')}</small>
          </>
        ),
      },
      {
        id: 'state',
        header: t('machines.column.state'),
        meta: { width: '26%', sort: 'state' },
        cell: ({ row: { original: m } }) => (
          <>
            <Status of="machine_state" state={m.state} />
            <small title={m.detail}>{m.alarm ? `${m.alarm} ${m.alarm_text ?? ''}` : m.detail}</small>
          </>
        ),
      },
      {
        id: 'for',
        header: t('lots.column.for'),
        meta: { width: '12%' },
        cell: ({ row: { original: m } }) => <For since={m.since ?? undefined} />,
      },
      {
        id: 'reason',
        header: t('machines.column.reason'),
        meta: { width: '22%', sort: 'unexplained' },
        cell: ({ row: { original: m } }) => (
          <>
            {m.reason ? reasonName(reasons.data ?? [], m.reason, language) : m.asks ? t('machines.asks') : '–'}
            {m.unexplained > 0 && (
              <small>
                <Badge color="warn" variant="light">
                  {t('machines.unexplained', { count: m.unexplained })}
                </Badge>
              </small>
            )}
          </>
        ),
      },
      {
        id: 'made',
        header: t('machines.column.made'),
        meta: { width: '16%', numeric: true },
        cell: ({ row: { original: m } }) =>
          m.produced === undefined || m.produced === null ? (
            '–'
          ) : (
            <>
              {m.produced}
              <small>{t('machines.rejected', { n: m.rejected ?? '0' })}</small>
            </>
          ),
      },
    ],
    [t, language, reasons.data],
  )
}

function For({ since }: { since?: string }) {
  const t = useT()
  const now = useNow()
  return <>{since ? duration(t, now - new Date(since).getTime()) : '–'}</>
}
