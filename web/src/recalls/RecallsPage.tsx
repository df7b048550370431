import { Button } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconTargetArrow } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import type { ListSearch } from '../list/page'
import { EmptyState } from '../message/EmptyState'
import { can, useMe } from '../session/session'
import { Note } from '../status/Status'
import { Time } from '../time/Time'
import { Id } from '../value/Quantity'
import { filterOf, path, recallsQuery, type Recall } from './recall'
import { StartRecall } from './StartRecall'

const route = getRouteApi('/shell/recalls')

/** Every recall and drill, with the time that it took and whether every piece was accounted for. */
export function RecallsPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(recallsQuery(search))
  const [start, setStart] = useState(false)
  const columns = useColumns()
  const go = (change: Partial<ListSearch>, replace = true) =>
    void navigate({ to: '/recalls', search: { ...search, cursor: undefined, ...change }, replace })
  const may = can(me, 'recall.start')
  return (
    <ListFrame
      title={t('recalls.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton path={path} query={filterOf(search)} />
          {may && (
            <Button
              variant="filled"
              leftSection={<IconTargetArrow className="icon" aria-hidden />}
              onClick={() => setStart(true)}
            >
              {t('recalls.start')}
            </Button>
          )}
        </>
      }
      tools={<SearchField label={t('recalls.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />}
    >
      <ListBody
        query={query}
        empty={
          search.q ? (
            <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
          ) : (
            <EmptyState title={t('recalls.empty.title')}>{t('recalls.empty.text')}</EmptyState>
          )
        }
      >
        {(page) => (
          <>
            <DataTable
              label={t('recalls.title')}
              columns={columns}
              rows={page.items}
              rowId={(recall) => recall.id}
              onOpen={(recall) => void navigate({ to: '/recalls/$id', params: { id: recall.id } })}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
      {start && <StartRecall onClose={() => setStart(false)} />}
    </ListFrame>
  )
}

function useColumns(): ColumnDef<Recall>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'id',
        header: t('recalls.column.recall'),
        meta: { width: '14%' },
        cell: ({ row: { original: r } }) => (
          <>
            <Id>{r.id}</Id>
            <small>{r.mock ? t('recalls.mock') : t('recalls.real')}</small>
          </>
        ),
      },
      {
        id: 'lot',
        header: t('recalls.column.lot'),
        meta: { width: '30%' },
        cell: ({ row: { original: r } }) => (
          <>
            <Id>{r.lot}</Id>
            <small title={r.reason}>{r.reason}</small>
          </>
        ),
      },
      {
        id: 'found',
        header: t('recalls.column.found'),
        meta: { width: '18%' },
        cell: ({ row: { original: r } }) => (
          <>
            {t('recalls.lots', { count: r.lots })}
            <small>{t('recalls.customers', { count: r.customers })}</small>
          </>
        ),
      },
      {
        id: 'balance',
        header: t('recalls.column.balance'),
        meta: { width: '20%' },
        cell: ({ row: { original: r } }) => (
          <>
            <Note tone={r.balanced ? 'plain' : 'crit'} icon={r.balanced ? IconCircleCheck : IconAlertTriangle}>
              {r.balanced ? t('recalls.balanced') : t('recalls.unbalanced')}
            </Note>
            <small>{t('recalls.took', { ms: r.trace_ms })}</small>
          </>
        ),
      },
      {
        id: 'started',
        header: t('recalls.column.started'),
        meta: { width: '18%' },
        cell: ({ row: { original: r } }) => (
          <>
            <Time value={r.started_at} />
            <small>
              {r.completed_at ? t('recalls.completed_by', { user: r.completed_by ?? '' }) : t('recalls.open')}
            </small>
          </>
        ),
      },
    ],
    [t],
  )
}
