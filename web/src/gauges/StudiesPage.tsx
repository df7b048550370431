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
import type { ListSearch } from '../list/page'
import { StateTabs } from '../list/StateTabs'
import { EmptyState } from '../message/EmptyState'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { studiesPath, studiesQuery, type Study } from './gauge'
import { NewStudy } from './NewStudy'

const route = getRouteApi('/shell/gauge-studies')

/** Gauge R&R studies: how much of what a gauge shows is its own variation and its operators'. */
export function StudiesPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(studiesQuery(search))
  const columns = useColumns()
  const [beginning, setBeginning] = useState(false)
  const go = (change: Partial<ListSearch>, replace = true) =>
    void navigate({ to: '/gauge-studies', search: { ...search, cursor: undefined, ...change }, replace })
  const open = (id: string) => void navigate({ to: '/gauge-studies/$study', params: { study: id } })
  const begin = can(me, 'study.run') && (
    <Button variant="filled" leftSection={<IconPlus className="icon" aria-hidden />} onClick={() => setBeginning(true)}>
      {t('studies.begin')}
    </Button>
  )
  return (
    <ListFrame
      title={t('studies.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton path={studiesPath} query={{ q: search.q, open: search.state === 'open' ? 'true' : undefined }} />
          {begin}
        </>
      }
      tabs={
        <StateTabs
          noun="studies"
          path={studiesPath}
          label={t('list.by_state')}
          value={search.state === 'open' ? 'open' : 'all'}
          onChange={(state) => go({ state: state === 'open' ? 'open' : undefined })}
          tabs={[
            { value: 'all', label: t('studies.tab.all'), filter: {} },
            { value: 'open', label: t('studies.tab.open'), filter: { open: 'true' } },
          ]}
        />
      }
      tools={<SearchField label={t('studies.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />}
    >
      <ListBody
        query={query}
        empty={
          <EmptyState title={t('studies.empty.title')} action={begin}>
            {t('studies.empty.text')}
          </EmptyState>
        }
      >
        {(page) => (
          <>
            <DataTable
              label={t('studies.title')}
              columns={columns}
              rows={page.items}
              rowId={(row) => row.id}
              onOpen={(row) => open(row.id)}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
      {beginning && <NewStudy onClose={() => setBeginning(false)} onBegun={open} />}
    </ListFrame>
  )
}

function useColumns(): ColumnDef<Study>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'id',
        header: t('studies.column.study'),
        meta: { width: '30%' },
        cell: ({ row: { original: s } }) => (
          <>
            <b className="id">{s.id}</b> {s.characteristic}
          </>
        ),
      },
      {
        id: 'gauge',
        header: t('gauges.column.gauge'),
        meta: { width: '20%' },
        cell: ({ row }) => <span className="id">{row.original.gauge}</span>,
      },
      {
        id: 'state',
        header: t('list.by_state'),
        meta: { width: '28%' },
        cell: ({ row: { original: s } }) => (
          <>
            <Status of="study" state={s.closed_at ? 'closed' : s.done >= s.needed ? 'complete' : 'open'} />
            <small>{t('studies.readings_of', { n: s.done, of: s.needed })}</small>
          </>
        ),
      },
      {
        id: 'created',
        header: t('studies.column.begun'),
        meta: { width: '22%' },
        cell: ({ row }) => <Time value={row.original.created_at} />,
      },
    ],
    [t],
  )
}
