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
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { useNow } from '../time/now'
import { Time } from '../time/Time'
import type { Noun } from './historyRecord'
import { filterOf, path, reviewsQuery, tabOf, tabs, type Review, type Tab } from './review'
import { RuleButton } from './Rule'

const route = getRouteApi('/shell/records')

/** The records that wait for a reviewer. Each opens as a page of its own and is signed there, one by one. */
export function RecordsPage() {
  const t = useT()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(reviewsQuery(search))
  const columns = useColumns()
  const go = (change: Partial<ListSearch>, replace = true) =>
    void navigate({ to: '/records', search: { ...search, cursor: undefined, ...change }, replace })
  const open = ({ record }: Review) =>
    void (record.noun === 'lot_record'
      ? navigate({ to: '/lots/$lot', params: { lot: record.id } })
      : navigate({ to: '/orders/$number/record', params: { number: record.id } }))
  return (
    <ListFrame
      title={t('records.title')}
      actions={
        <>
          {can(useMe(), 'record.rule') && <RuleButton />}
          <ShareButton />
          <CsvButton path={path} query={filterOf(search)} />
        </>
      }
      tabs={
        <StateTabs
          noun="records"
          path={path}
          label={t('list.by_state')}
          value={tabOf(search)}
          onChange={(state) => go({ state: state === 'open' ? undefined : state })}
          tabs={(Object.keys(tabs) as Tab[]).map((tab) => ({
            value: tab,
            label: t(`records.tab.${tab}`),
            filter: { state: tabs[tab]?.join(',') },
          }))}
        />
      }
      tools={<SearchField label={t('records.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />}
    >
      <ListBody
        query={query}
        empty={
          search.q ? (
            <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
          ) : (
            <EmptyState title={t('records.empty.title')}>{t('records.empty.text')}</EmptyState>
          )
        }
      >
        {(page) => (
          <>
            <DataTable
              label={t('records.title')}
              columns={columns}
              rows={page.items}
              rowId={(row) => `${row.record.noun}/${row.record.id}`}
              sort={search.sort}
              onSort={(column) => go({ sort: nextSort(search.sort, column) })}
              onOpen={open}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
    </ListFrame>
  )
}

function useColumns(): ColumnDef<Review>[] {
  const t = useT()
  const now = useNow()
  return useMemo(
    () => [
      {
        id: 'record',
        header: t('records.column.record'),
        meta: { width: '22%', sort: 'record' },
        cell: ({ row: { original: r } }) => (
          <span className="id">
            <b>{r.record.id}</b>
            <small>{t(`records.noun.${r.record.noun as Noun}`)}</small>
          </span>
        ),
      },
      {
        id: 'product',
        header: t('records.column.product'),
        meta: { width: '18%' },
        cell: ({ row: { original: r } }) => (
          <span className="id">
            {r.product}
            <small>{r.order}</small>
          </span>
        ),
      },
      {
        id: 'deviations',
        header: t('records.column.deviations'),
        meta: { width: '14%', sort: 'deviations' },
        cell: ({ row: { original: r } }) => (
          <>
            {r.deviations} {r.worst && <Status of="severity" state={r.worst} size="label" />}
          </>
        ),
      },
      {
        id: 'state',
        header: t('records.column.state'),
        meta: { width: '14%' },
        cell: ({ row: { original: r } }) => <Status of="record" state={r.state} />,
      },
      {
        id: 'since',
        header: t('records.column.waits'),
        meta: { width: '16%', sort: 'asked_at' },
        cell: ({ row: { original: r } }) => <Time value={r.at} />,
      },
      {
        id: 'due',
        header: t('records.column.due'),
        meta: { width: '16%', sort: 'due' },
        cell: ({ row: { original: r } }) => <Due review={r} now={now} />,
      },
    ],
    [t, now],
  )
}

function Due({ review, now }: { review: Review; now: number }) {
  if (review.state !== 'open' || !review.due_at) return null
  const late = new Date(review.due_at).getTime() < now
  return (
    <span data-late={late || undefined}>
      {late && <Status of="verdict" state="late" size="label" />} <Time value={review.due_at} />
    </span>
  )
}
