import { Button } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import { nextSort, type ListSearch } from '../list/page'
import { StateTabs } from '../list/StateTabs'
import { EmptyState } from '../message/EmptyState'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { holdsQuery, path, span, stateFilter, tabOf, tabs, type Hold, type Tab } from './hold'
import { PlaceHold } from './PlaceHold'

const route = getRouteApi('/shell/holds')

/** All containments: what stands still, how long that took, and what is still to decide. */
export function HoldsPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const [placing, setPlacing] = useState(false)
  const query = useQuery(holdsQuery(search))
  const columns = useColumns()
  const open = (id: string) => void navigate({ to: '/holds/$hold', params: { hold: id } })
  const go = (change: Partial<ListSearch>, replace = true) =>
    void navigate({ to: '/holds', search: { ...search, cursor: undefined, ...change }, replace })
  const place = can(me, 'hold.place') && (
    <Button
      variant="filled"
      color="hold"
      leftSection={<IconLock className="icon" aria-hidden />}
      onClick={() => setPlacing(true)}
    >
      {t('holds.place')}
    </Button>
  )
  return (
    <ListFrame
      title={t('holds.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton path={path} query={{ q: search.q, sort: search.sort, ...stateFilter(tabOf(search)) }} />
          {place}
        </>
      }
      tabs={
        <StateTabs
          noun="holds"
          path={path}
          label={t('list.by_state')}
          value={tabOf(search)}
          onChange={(state) => go({ state })}
          tabs={(Object.keys(tabs) as Tab[]).map((tab) => ({
            value: tab,
            label: t(`holds.tab.${tab}`),
            filter: { ...stateFilter(tab), q: search.q },
          }))}
        />
      }
      tools={<SearchField label={t('holds.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />}
    >
      <ListBody
        query={query}
        empty={
          search.q ? (
            <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
          ) : (
            <EmptyState title={t('holds.empty.title')} action={place}>
              {t('holds.empty.text')}
            </EmptyState>
          )
        }
      >
        {(page) => (
          <>
            <DataTable
              label={t('holds.title')}
              columns={columns}
              rows={page.items}
              rowId={(hold) => hold.id}
              sort={search.sort}
              onSort={(column) => go({ sort: nextSort(search.sort, column) })}
              onOpen={(hold) => open(hold.id)}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
      {placing && <PlaceHold onClose={() => setPlacing(false)} onPlaced={open} />}
    </ListFrame>
  )
}

function useColumns(): ColumnDef<Hold>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'id',
        header: t('holds.column.hold'),
        meta: { width: '11%', sort: 'id' },
        cell: ({ row: { original: hold } }) => (
          <span className="id">
            <b>{hold.id}</b>
          </span>
        ),
      },
      {
        id: 'what',
        header: t('holds.column.what'),
        meta: { width: '30%' },
        cell: ({ row: { original: hold } }) => (
          <>
            <span className="id">{hold.title}</span>
            <small>{hold.reason}</small>
          </>
        ),
      },
      {
        id: 'severity',
        header: t('holds.column.severity'),
        meta: { width: '11%', sort: 'severity' },
        cell: ({ row: { original: hold } }) => <Status of="severity" state={hold.severity} />,
      },
      {
        id: 'state',
        header: t('holds.column.state'),
        meta: { width: '15%', sort: 'state' },
        cell: ({ row: { original: hold } }) => <Status of="hold" state={hold.state} />,
      },
      {
        id: 'lots',
        header: t('holds.column.lots'),
        meta: { width: '10%', numeric: true },
        cell: ({ row: { original: hold } }) => (
          <>
            {hold.found}
            <small>{t('holds.open_of', { n: hold.open })}</small>
          </>
        ),
      },
      {
        id: 'time',
        header: t('holds.column.time'),
        meta: { width: '9%', numeric: true },
        cell: ({ row: { original: hold } }) => <ToContain hold={hold} />,
      },
      {
        id: 'at',
        header: t('holds.column.at'),
        meta: { width: '14%', sort: 'requested_at' },
        cell: ({ row: { original: hold } }) => (
          <>
            <Time value={hold.requested_at} />
            <small className="id">{hold.placed_by}</small>
          </>
        ),
      },
    ],
    [t],
  )
}

function ToContain({ hold }: { hold: Hold }) {
  const t = useT()
  if (!hold.contained_at) return <>–</>
  const { value, unit } = span(new Date(hold.contained_at).getTime() - new Date(hold.since).getTime())
  return <>{t(`holds.span.${unit}`, { value })}</>
}
