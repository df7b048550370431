import { Button, Select } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
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
import { listQuery, path, sourceOf, sources, tabOf, tabs, type Nonconformance, type Tab } from './nonconformance'
import { OpenDialog } from './OpenDialog'

const route = getRouteApi('/shell/nonconformances')

/** The inbox: everything that does not conform, by where it stands. */
export function NonconformancesPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const [opening, setOpening] = useState(false)
  const query = useQuery(listQuery(search))
  const columns = useColumns()
  const go = (change: Partial<ListSearch>, replace = true) =>
    void navigate({ to: '/nonconformances', search: { ...search, cursor: undefined, ...change }, replace })
  const open = (id: string) => void navigate({ to: '/nonconformances/$id', params: { id } })
  const create = can(me, 'nonconformance.open') && (
    <Button variant="filled" leftSection={<IconPlus className="icon" aria-hidden />} onClick={() => setOpening(true)}>
      {t('nonconformances.new')}
    </Button>
  )
  return (
    <ListFrame
      title={t('nonconformances.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton
            path={path}
            query={{ q: search.q, sort: search.sort, source: sourceOf(search), state: tabs[tabOf(search)].join(',') }}
          />
          {create}
        </>
      }
      tabs={
        <StateTabs
          noun="nonconformances"
          path={path}
          label={t('list.by_state')}
          value={tabOf(search)}
          onChange={(state) => go({ state: state === 'open' ? undefined : state })}
          tabs={(Object.keys(tabs) as Tab[]).map((tab) => ({
            value: tab,
            label: t(`nonconformances.tab.${tab}`),
            filter: { state: tabs[tab].join(','), source: sourceOf(search) },
          }))}
        />
      }
      tools={
        <>
          <SearchField
            label={t('nonconformances.search')}
            value={search.q}
            onChange={(q) => go({ q: q || undefined })}
          />
          <Select
            aria-label={t('nonconformances.filter.source')}
            placeholder={t('nonconformances.filter.source')}
            clearable
            clearButtonProps={{ 'aria-label': t('list.clear') }}
            w={220}
            data={sources.map((source) => ({ value: source, label: t(`nonconformances.source.${source}`) }))}
            value={sourceOf(search) ?? null}
            onChange={(source) => go({ product: source ?? undefined })}
          />
        </>
      }
    >
      <ListBody query={query} empty={<Nothing search={search} action={create} />}>
        {(page) => (
          <>
            <DataTable
              label={t('nonconformances.title')}
              columns={columns}
              rows={page.items}
              rowId={(n) => n.id}
              sort={search.sort}
              onSort={(column) => go({ sort: nextSort(search.sort, column) })}
              onOpen={(n) => open(n.id)}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
      {opening && <OpenDialog onClose={() => setOpening(false)} onOpened={open} />}
    </ListFrame>
  )
}

function Nothing({ search, action }: { search: ListSearch; action: React.ReactNode }) {
  const t = useT()
  if (search.q || search.product)
    return <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
  return (
    <EmptyState title={t('nonconformances.empty.title')} action={action}>
      {t('nonconformances.empty.text')}
    </EmptyState>
  )
}

function useColumns(): ColumnDef<Nonconformance>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'id',
        header: t('nonconformances.column.number'),
        meta: { sort: 'id', width: '30%' },
        cell: ({ row: { original: n } }) => (
          <>
            <Link to="/nonconformances/$id" params={{ id: n.id }}>
              <b className="id">{n.id}</b>
            </Link>{' '}
            {n.code && <span className="id">{n.code}</span>}
            <small>{n.description}</small>
          </>
        ),
      },
      {
        id: 'severity',
        header: t('nonconformances.column.severity'),
        meta: { sort: 'severity', width: '11%' },
        cell: ({ row }) => <Status of="severity" state={row.original.severity} />,
      },
      {
        id: 'state',
        header: t('nonconformances.column.state'),
        meta: { width: '17%' },
        cell: ({ row: { original: n } }) => (
          <>
            <Status of="nonconformance" state={n.state} />
            {n.owner && <small>{n.owner}</small>}
          </>
        ),
      },
      {
        id: 'lots',
        header: t('nonconformances.column.lots'),
        meta: { width: '16%' },
        cell: ({ row: { original: n } }) => (
          <>
            {n.product ? <span className="id">{n.product}</span> : '–'}
            <small>{t('nonconformances.lots_and_pieces', { lots: n.lot_count, quantity: n.quantity })}</small>
          </>
        ),
      },
      {
        id: 'due_at',
        header: t('nonconformances.column.due'),
        meta: { sort: 'due_at', width: '13%' },
        cell: ({ row: { original: n } }) => (
          <>
            <Time value={n.due_at} />
            {n.overdue && (
              <small>
                <Status of="nonconformance" state="overdue" size="label" />
              </small>
            )}
          </>
        ),
      },
      {
        id: 'opened_at',
        header: t('nonconformances.column.opened'),
        meta: { sort: 'opened_at', width: '13%' },
        cell: ({ row: { original: n } }) => (
          <>
            <Time value={n.opened_at} />
            <small>{t(`nonconformances.source.${n.source}`)}</small>
          </>
        ),
      },
    ],
    [t],
  )
}
