import { Button } from '@mantine/core'
import { IconArrowsShuffle, IconPlus } from '@tabler/icons-react'
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
import { Quantity } from '../value/Quantity'
import { filterOf, inspectionsQuery, path, tabOf, tabs, type Inspection, type Tab } from './inspection'
import { OpenDialog } from './OpenDialog'

const route = getRouteApi('/shell/inspections')

/** The inbox of inspections: what is due, what runs, what was decided. */
export function InspectionsPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(inspectionsQuery(search))
  const columns = useColumns()
  const [opening, setOpening] = useState(false)
  const go = (change: Partial<ListSearch>, replace = true) =>
    void navigate({ to: '/inspections', search: { ...search, cursor: undefined, ...change }, replace })
  return (
    <ListFrame
      title={t('inspections.title')}
      actions={
        <>
          <Button
            leftSection={<IconArrowsShuffle className="icon" aria-hidden />}
            renderRoot={(props) => <Link to="/inspections/switching" {...props} />}
          >
            {t('inspections.switching')}
          </Button>
          <ShareButton />
          <CsvButton path={path} query={filterOf(search)} />
          {can(me, 'inspection.open') && (
            <Button
              variant="filled"
              leftSection={<IconPlus className="icon" aria-hidden />}
              onClick={() => setOpening(true)}
            >
              {t('inspections.open')}
            </Button>
          )}
        </>
      }
      tabs={
        <StateTabs
          noun="inspections"
          path={path}
          label={t('list.by_state')}
          value={tabOf(search)}
          onChange={(state) => go({ state: state === 'due' ? undefined : state })}
          tabs={(Object.keys(tabs) as Tab[]).map((tab) => ({
            value: tab,
            label: t(`inspections.tab.${tab}`),
            filter: { state: tabs[tab].join(',') || undefined },
          }))}
        />
      }
      tools={
        <SearchField label={t('inspections.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />
      }
    >
      <ListBody
        query={query}
        empty={
          search.q ? (
            <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
          ) : (
            <EmptyState title={t(`inspections.empty.${tabOf(search)}`)}>{t('inspections.empty.text')}</EmptyState>
          )
        }
      >
        {(page) => (
          <>
            <DataTable
              label={t('inspections.title')}
              columns={columns}
              rows={page.items}
              rowId={(row) => row.id}
              sort={search.sort}
              onSort={(column) => go({ sort: nextSort(search.sort, column) })}
              onOpen={(row) => void navigate({ to: '/inspections/$inspection', params: { inspection: row.id } })}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
      {opening && (
        <OpenDialog
          onClose={() => setOpening(false)}
          onOpened={(id) => void navigate({ to: '/inspections/$inspection', params: { inspection: id } })}
        />
      )}
    </ListFrame>
  )
}

function useColumns(): ColumnDef<Inspection>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'id',
        header: t('inspections.column.inspection'),
        meta: { width: '20%', sort: 'plan' },
        cell: ({ row: { original: i } }) => (
          <>
            <b className="id">{i.id}</b> {i.title}
            <small className="id">
              {i.plan} {t('inspections.rev', { revision: i.revision })}
            </small>
          </>
        ),
      },
      {
        id: 'lot',
        header: t('inspections.column.lot'),
        meta: { width: '22%', sort: 'lot' },
        cell: ({ row: { original: i } }) => (
          <>
            <b className="id">{i.lot}</b>
            <small>
              {[i.material, i.supplier, i.operation && t('inspections.at_operation', { id: i.operation })]
                .filter(Boolean)
                .join(', ')}
            </small>
          </>
        ),
      },
      {
        id: 'state',
        header: t('list.by_state'),
        meta: { width: '18%', sort: 'state' },
        cell: ({ row: { original: i } }) => (
          <>
            <Status of="inspection" state={i.state} />
            {i.blocks && (i.state === 'due' || i.state === 'running') && <small>{t('inspections.blocks')}</small>}
          </>
        ),
      },
      {
        id: 'sample',
        header: t('inspections.column.sample'),
        meta: { width: '22%' },
        cell: ({ row: { original: i } }) => (
          <>
            <SampleText of={i} />
            <small>{t(`inspections.mode.${i.mode}`)}</small>
          </>
        ),
      },
      {
        id: 'opened_at',
        header: t('inspections.column.opened'),
        meta: { width: '18%', sort: 'opened_at' },
        cell: ({ row: { original: i } }) => <Time value={i.opened_at} />,
      },
    ],
    [t],
  )
}

/** "80 of 1,000 pcs, Ac 2, Re 3". */
export function SampleText({ of: i }: { of: Inspection }) {
  const t = useT()
  if (i.sample.size === 0) return <>{t('inspections.no_sample')}</>
  return (
    <>
      {t('inspections.sample_of', { n: i.sample.size })} <Quantity value={i.quantity} unit={i.unit} />,{' '}
      <span className="nowrap">{t('inspections.acre', { ac: i.sample.ac, re: i.sample.re })}</span>
    </>
  )
}
