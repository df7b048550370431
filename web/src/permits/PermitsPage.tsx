import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
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
import { path, permitsQuery, tabOf, textFilter, tabs, type Permit, type Tab } from './permit'
import { AskDialog } from './AskDialog'
import { PermitDialog } from './PermitDialog'

const route = getRouteApi('/shell/permits')

/** Deviation permits: what may be used although it is outside the specification, how much of it, and until when. */
export function PermitsPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const [asking, setAsking] = useState(false)
  const query = useQuery(permitsQuery(search))
  const columns = useColumns()
  const go = (change: Partial<ListSearch>, replace = true) =>
    void navigate({ to: '/permits', search: { ...search, cursor: undefined, ...change }, replace })
  const create = can(me, 'permit.ask') && (
    <Button variant="filled" leftSection={<IconPlus className="icon" aria-hidden />} onClick={() => setAsking(true)}>
      {t('permits.new')}
    </Button>
  )
  return (
    <ListFrame
      title={t('permits.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton path={path} query={{ q: search.q, sort: search.sort, ...textFilter(tabOf(search)) }} />
          {create}
        </>
      }
      tabs={
        <StateTabs
          noun="permits"
          path={path}
          label={t('list.by_state')}
          value={tabOf(search)}
          onChange={(state) => go({ state: state === 'usable' ? undefined : state, sel: undefined })}
          tabs={(Object.keys(tabs) as Tab[]).map((tab) => ({
            value: tab,
            label: t(`permits.tab.${tab}`),
            filter: textFilter(tab),
          }))}
        />
      }
      tools={<SearchField label={t('permits.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />}
    >
      <ListBody
        query={query}
        empty={
          search.q ? (
            <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
          ) : (
            <EmptyState title={t('permits.empty.title')} action={create}>
              {t('permits.empty.text')}
            </EmptyState>
          )
        }
      >
        {(page) => (
          <>
            <DataTable
              label={t('permits.title')}
              columns={columns}
              rows={page.items}
              rowId={(p) => p.id}
              sort={search.sort}
              onSort={(column) => go({ sort: nextSort(search.sort, column) })}
              onOpen={(p) => go({ sel: p.id, cursor: search.cursor, state: search.state ?? tabOf(search) }, false)}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
      {asking && <AskDialog onClose={() => setAsking(false)} onAsked={(p) => go({ sel: p.id, state: 'requested' })} />}
      {search.sel && <PermitDialog id={search.sel} onClose={() => go({ sel: undefined, cursor: search.cursor })} />}
    </ListFrame>
  )
}

function useColumns(): ColumnDef<Permit>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'id',
        header: t('permits.column.permit'),
        meta: { sort: 'id', width: '38%' },
        cell: ({ row: { original: p } }) => (
          <>
            <b className="id">{p.id}</b> {p.allows}
            <small>{[p.product, p.operation, p.characteristic, p.code].filter(Boolean).join(', ')}</small>
          </>
        ),
      },
      {
        id: 'state',
        header: t('permits.column.state'),
        meta: { width: '16%' },
        cell: ({ row }) => <Status of="permit" state={row.original.state} />,
      },
      {
        id: 'used',
        header: t('permits.column.used'),
        meta: { width: '14%' },
        cell: ({ row: { original: p } }) =>
          p.quantity ? t('permits.used_of', { used: p.used, of: p.quantity }) : p.used,
      },
      {
        id: 'valid_until',
        header: t('permits.column.until'),
        meta: { sort: 'valid_until', width: '16%' },
        cell: ({ row }) => <Time value={row.original.valid_until} />,
      },
      {
        id: 'requested',
        header: t('permits.column.requested'),
        cell: ({ row: { original: p } }) => (
          <>
            <Time value={p.requested_at} />
            <small>{p.requested_by}</small>
          </>
        ),
      },
    ],
    [t],
  )
}
