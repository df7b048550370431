import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import { nextSort, type ListSearch } from '../list/page'
import { StateTabs } from '../list/StateTabs'
import { EmptyState } from '../message/EmptyState'
import { Status } from '../status/Status'
import { duration } from '../time/duration'
import { useNow } from '../time/now'
import { Time } from '../time/Time'
import { Id, Quantity } from '../value/Quantity'
import { shownState, type Lot } from './lot'
import { NowText } from './NowText'
import { fileFilterOf, lotsQuery, path, tabOf, tabs, textFilter, type Tab } from './queries'

const route = getRouteApi('/shell/lots')

/** All produced lots: what is on its way, what is held, packed, shipped, scrapped. */
export function LotsPage() {
  const t = useT()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(lotsQuery(search))
  const columns = useLotColumns()
  const go = (change: Partial<ListSearch>, replace = true) =>
    void navigate({ to: '/lots', search: { ...search, cursor: undefined, ...change }, replace })
  return (
    <ListFrame
      title={t('lots.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton path={path} query={fileFilterOf(search)} />
        </>
      }
      tabs={
        <StateTabs
          noun="lots"
          path={path}
          label={t('list.by_state')}
          value={tabOf(search)}
          onChange={(state) => go({ state })}
          tabs={(Object.keys(tabs) as Tab[]).map((tab) => ({
            value: tab,
            label: t(`lots.tab.${tab}`),
            filter: { ...textFilter(tab), q: search.q },
          }))}
        />
      }
      tools={<SearchField label={t('lots.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />}
    >
      <ListBody
        query={query}
        empty={
          search.q ? (
            <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
          ) : (
            <EmptyState title={t('lots.empty.title')}>{t('lots.empty.text')}</EmptyState>
          )
        }
      >
        {(page) => (
          <>
            <DataTable
              label={t('lots.title')}
              columns={columns}
              rows={page.items}
              rowId={(lot) => lot.lot}
              sort={search.sort}
              onSort={(column) => go({ sort: nextSort(search.sort, column) })}
              onOpen={(lot) => void navigate({ to: '/lots/$lot', params: { lot: lot.lot } })}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
    </ListFrame>
  )
}

function useLotColumns(): ColumnDef<Lot>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'lot',
        header: t('lots.column.lot_product'),
        meta: { width: '22%', sort: 'lot' },
        cell: ({ row: { original: lot } }) => (
          <>
            <Id>{lot.lot}</Id>
            <small>{lot.material}</small>
          </>
        ),
      },
      {
        id: 'order',
        header: t('lots.column.order'),
        meta: { width: '16%' },
        cell: ({ row: { original: lot } }) => <span className="id">{lot.order ?? '–'}</span>,
      },
      {
        id: 'state',
        header: t('lots.column.state'),
        meta: { width: '15%', sort: 'state' },
        cell: ({ row: { original: lot } }) => <Status of="lot" state={shownState(lot)} />,
      },
      {
        id: 'now',
        header: t('lots.column.now'),
        meta: { width: '25%' },
        cell: ({ row: { original: lot } }) => (
          <>
            <NowText lot={lot} />
            <small>{lot.state === 'running' ? lot.station : lot.operation_name}</small>
          </>
        ),
      },
      {
        id: 'quantity',
        header: t('lots.column.quantity'),
        meta: { width: '9%', numeric: true },
        cell: ({ row: { original: lot } }) => <Quantity value={lot.quantity} unit={lot.unit} />,
      },
      {
        id: 'since',
        header: t('lots.column.for'),
        meta: { width: '13%', sort: 'created_at', numeric: true },
        cell: ({ row: { original: lot } }) => <Since lot={lot} />,
      },
    ],
    [t],
  )
}

/** How long an open lot waits, or when an ended one ended. */
function Since({ lot }: { lot: Lot }) {
  const t = useT()
  const now = useNow()
  if (lot.ended_at) return <Time value={lot.ended_at} />
  if (lot.wait?.since) return <>{duration(t, now - new Date(lot.wait.since).getTime())}</>
  return <Time value={lot.created_at} />
}
