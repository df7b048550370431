import { Button } from '@mantine/core'
import { IconClipboardCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, ShareButton } from '../list/ListTools'
import { StateTabs } from '../list/StateTabs'
import { EmptyState } from '../message/EmptyState'
import { fromFieldValue } from '../time/format'
import { useZone } from '../time/site'
import { Time } from '../time/Time'
import { ProofPanel } from './ProofPanel'
import { RowDialog } from './RowDialog'
import { actionWord, fileFilterOf, filterOf, nounWord, path, trailQuery, type Row, type TrailSearch } from './trail'
import { TrailTools } from './TrailTools'

const route = getRouteApi('/shell/audit')

/** Who did what, when, why, from where, and what it was before and after; and the proof that nobody changed it since. */
export function TrailPage() {
  const t = useT()
  const zone = useZone()
  const search = route.useSearch()
  const navigate = useNavigate()
  const filter = filterOf(search, (text) => fromFieldValue(zone, text).toISOString())
  const query = useQuery(trailQuery(filter, search.cursor))
  const columns = useColumns()
  const go = (change: Partial<TrailSearch>, replace = true) =>
    void navigate({ to: '/audit', search: { ...search, cursor: undefined, ...change }, replace })
  const shown = query.data?.items?.find((row) => String(row.id) === search.sel)
  const filtered = Object.entries(search).some(([name]) => name !== 'sel' && name !== 'cursor')
  return (
    <ListFrame
      title={t('audit.title')}
      actions={
        <>
          <Button
            leftSection={<IconClipboardCheck className="icon" aria-hidden />}
            renderRoot={(props) => <Link to="/audit/reviews" {...props} />}
          >
            {t('audit.reviews')}
          </Button>
          <ShareButton />
          <CsvButton path={path} query={fileFilterOf(filter)} />
        </>
      }
      tabs={
        <>
          <ProofPanel />
          <StateTabs
            noun="audit"
            path={path}
            label={t('list.by_state')}
            value={search.refused ? 'refused' : 'all'}
            onChange={(tab) => go({ refused: tab === 'refused' ? '1' : undefined })}
            tabs={[
              { value: 'all', label: t('audit.tab.all'), filter: {} },
              { value: 'refused', label: t('audit.tab.refused'), filter: { refused: 'true' } },
            ]}
          />
        </>
      }
      tools={<TrailTools search={search} onChange={go} />}
    >
      <ListBody
        query={query}
        empty={
          filtered ? (
            <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
          ) : (
            <EmptyState title={t('audit.empty.title')}>{t('audit.empty.text')}</EmptyState>
          )
        }
      >
        {(page) => (
          <>
            <DataTable
              label={t('audit.title')}
              columns={columns}
              rows={page.items}
              rowId={(row) => String(row.id)}
              selected={search.sel}
              onOpen={(row) => go({ sel: String(row.id), cursor: search.cursor }, false)}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
      {shown && <RowDialog row={shown} onClose={() => go({ sel: undefined, cursor: search.cursor })} />}
    </ListFrame>
  )
}

function useColumns(): ColumnDef<Row>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'at',
        header: t('audit.column.at'),
        meta: { width: '19%' },
        cell: ({ row }) => <Time value={row.original.at} form="full" />,
      },
      {
        id: 'who',
        header: t('audit.column.who'),
        meta: { width: '17%' },
        cell: ({ row: { original: r } }) => (
          <>
            <span className="id">{r.actor || '–'}</span>
            <small className="id">{r.source}</small>
          </>
        ),
      },
      {
        id: 'what',
        header: t('audit.column.what'),
        meta: { width: '18%' },
        cell: ({ row: { original: r } }) => (
          <>
            {actionWord(t, r.action)}
            <small>{nounWord(t, r.noun)}</small>
          </>
        ),
      },
      {
        id: 'subject',
        header: t('audit.column.subject'),
        meta: { width: '20%' },
        cell: ({ row: { original: r } }) => <span className="id">{r.subject}</span>,
      },
      {
        id: 'reason',
        header: t('audit.column.reason'),
        meta: { width: '26%' },
        cell: ({ row: { original: r } }) => <span title={r.reason}>{r.reason}</span>,
      },
    ],
    [t],
  )
}
