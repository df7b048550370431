import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import { StateTabs } from '../list/StateTabs'
import { EmptyState } from '../message/EmptyState'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import {
  alertsQuery,
  filterOf,
  kinds,
  path,
  tabOf,
  tabs,
  wordsOf,
  type Alert,
  type AlertSearch,
  type Tab,
} from './alert'
import { AlertDialog } from './AlertDialog'
import { AlertSubject } from './AlertSubject'
import { useAlertKind, useMeantFor } from './words'

const route = getRouteApi('/shell/alerts')

/** What somebody must look at: first what waits for oneself, then what waits for anyone, then all there ever was. */
export function AlertsPage() {
  const t = useT()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(alertsQuery(search))
  const columns = useColumns()
  const go = (change: Partial<AlertSearch>, replace = true) =>
    void navigate({ to: '/alerts', search: { ...search, cursor: undefined, ...change }, replace })
  const shown = query.data?.items?.find((alert) => String(alert.id) === search.sel)
  const tab = tabOf(search)
  return (
    <ListFrame
      title={t('alerts.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton path={path} query={filterOf(search)} />
        </>
      }
      tabs={
        <StateTabs
          noun="alerts"
          path={path}
          label={t('list.by_state')}
          value={tab}
          onChange={(state) => go({ state: state === 'mine' ? undefined : state })}
          tabs={(Object.keys(tabs) as Tab[]).map((name) => ({
            value: name,
            label: t(`alerts.tab.${name}`),
            filter: wordsOf(name),
          }))}
        />
      }
      tools={<Tools search={search} go={go} />}
    >
      <ListBody query={query} empty={<Nothing search={search} />}>
        {(page) => (
          <>
            <DataTable
              label={t('alerts.title')}
              columns={columns}
              rows={page.items}
              rowId={(alert) => String(alert.id)}
              selected={search.sel}
              onOpen={(alert) => go({ sel: String(alert.id), cursor: search.cursor }, false)}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
      {shown && <AlertDialog alert={shown} onClose={() => go({ sel: undefined, cursor: search.cursor })} />}
    </ListFrame>
  )
}

function Tools({ search, go }: { search: AlertSearch; go: (change: Partial<AlertSearch>) => void }) {
  const t = useT()
  return (
    <>
      <SearchField label={t('alerts.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />
      <Select
        aria-label={t('alerts.column.kind')}
        placeholder={t('alerts.any_kind')}
        clearable
        clearButtonProps={{ 'aria-label': t('list.clear') }}
        data={Object.entries(kinds).map(([value, key]) => ({ value, label: t(key) }))}
        value={search.kind ?? null}
        onChange={(kind) => go({ kind: kind ?? undefined })}
      />
    </>
  )
}

function Nothing({ search }: { search: AlertSearch }) {
  const t = useT()
  if (search.q || search.kind) return <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
  return <EmptyState title={t('alerts.empty.title')}>{t('alerts.empty.text')}</EmptyState>
}

function useColumns(): ColumnDef<Alert>[] {
  const t = useT()
  const kind = useAlertKind()
  const meantFor = useMeantFor()
  return useMemo(
    () => [
      {
        id: 'severity',
        header: t('alerts.column.severity'),
        meta: { width: '11%' },
        cell: ({ row: { original: a } }) => <Status of="severity" state={a.severity} />,
      },
      {
        id: 'text',
        header: t('alerts.column.text'),
        meta: { width: '40%' },
        cell: ({ row: { original: a } }) => (
          <>
            <b>{kind(a.kind)}</b>
            <small title={a.text}>{a.text}</small>
          </>
        ),
      },
      {
        id: 'subject',
        header: t('alerts.column.subject'),
        meta: { width: '17%' },
        cell: ({ row: { original: a } }) => <AlertSubject alert={a} />,
      },
      {
        id: 'for',
        header: t('alerts.column.for'),
        meta: { width: '14%' },
        cell: ({ row: { original: a } }) => meantFor(a),
      },
      {
        id: 'raised_at',
        header: t('alerts.column.raised'),
        meta: { width: '18%' },
        cell: ({ row: { original: a } }) => (
          <>
            <Time value={a.raised_at} />
            {a.closed_at && (
              <small>
                {t('alerts.closed_by', { user: a.closed_by ?? '' })} <Time value={a.closed_at} />
              </small>
            )}
          </>
        ),
      },
    ],
    [t, kind, meantFor],
  )
}
