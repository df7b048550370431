import { Button } from '@mantine/core'
import { IconPlus, IconReportAnalytics } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import { nextSort } from '../list/page'
import { StateTabs } from '../list/StateTabs'
import { EmptyState } from '../message/EmptyState'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { useLimits } from '../value/Quantity'
import { filterOf, gaugesQuery, path, tabOf, tabs, type Gauge, type GaugeSearch, type Tab } from './gauge'
import { GaugeDialog } from './GaugeDialog'

const route = getRouteApi('/shell/gauges')

/** The register of gauges: what is in use, what is due, everything that ever was. */
export function GaugesPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(gaugesQuery(search))
  const columns = useColumns()
  const [adding, setAdding] = useState(false)
  const go = (change: Partial<GaugeSearch>, replace = true) =>
    void navigate({ to: '/gauges', search: { ...search, cursor: undefined, ...change }, replace })
  const open = (id: string) => void navigate({ to: '/gauges/$gauge', params: { gauge: id } })
  const add = can(me, 'gauge.manage') && (
    <Button variant="filled" leftSection={<IconPlus className="icon" aria-hidden />} onClick={() => setAdding(true)}>
      {t('gauges.new')}
    </Button>
  )
  return (
    <ListFrame
      title={t('gauges.title')}
      actions={
        <>
          <Button
            leftSection={<IconReportAnalytics className="icon" aria-hidden />}
            renderRoot={(props) => <Link to="/gauge-studies" {...props} />}
          >
            {t('gauges.studies')}
          </Button>
          <ShareButton />
          <CsvButton path={path} query={filterOf(search)} />
          {add}
        </>
      }
      tabs={
        <StateTabs
          noun="gauges"
          path={path}
          label={t('list.by_state')}
          value={tabOf(search)}
          onChange={(state) => go({ state: state === 'used' ? undefined : state })}
          tabs={(Object.keys(tabs) as Tab[]).map((tab) => ({
            value: tab,
            label: t(`gauges.tab.${tab}`),
            filter: tabs[tab],
          }))}
        />
      }
      tools={<SearchField label={t('gauges.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />}
    >
      <ListBody
        query={query}
        empty={
          search.q ? (
            <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
          ) : (
            <EmptyState title={t(`gauges.empty.${tabOf(search)}`)} action={add}>
              {t('gauges.empty.text')}
            </EmptyState>
          )
        }
      >
        {(page) => (
          <>
            <DataTable
              label={t('gauges.title')}
              columns={columns}
              rows={page.items}
              rowId={(row) => row.id}
              sort={search.sort}
              onSort={(column) => go({ sort: nextSort(search.sort, column) })}
              onOpen={(row) => open(row.id)}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
      {adding && <GaugeDialog onClose={() => setAdding(false)} onDone={(gauge) => open(gauge.id)} />}
    </ListFrame>
  )
}

function useColumns(): ColumnDef<Gauge>[] {
  const t = useT()
  const limits = useLimits()
  return useMemo(
    () => [
      {
        id: 'id',
        header: t('gauges.column.gauge'),
        meta: { width: '24%', sort: 'id' },
        cell: ({ row: { original: g } }) => (
          <>
            <b className="id">{g.id}</b>
            <small>{g.name}</small>
          </>
        ),
      },
      {
        id: 'kind',
        header: t('gauges.column.kind'),
        meta: { width: '20%', sort: 'kind' },
        cell: ({ row: { original: g } }) => (
          <>
            {g.kind}
            <small>
              {limits(g.lower, g.upper)} {g.unit}
            </small>
          </>
        ),
      },
      {
        id: 'station',
        header: t('gauges.column.station'),
        meta: { width: '16%', sort: 'station' },
        cell: ({ row: { original: g } }) => (
          <>
            <span className="id">{g.station || '–'}</span>
            {g.device && <small className="id">{g.device}</small>}
          </>
        ),
      },
      {
        id: 'state',
        header: t('list.by_state'),
        meta: { width: '20%' },
        cell: ({ row: { original: g } }) => <Status of="gauge" state={g.state ?? 'uncalibrated'} />,
      },
      {
        id: 'due_at',
        header: t('gauges.column.due'),
        meta: { width: '20%', sort: 'due_at' },
        cell: ({ row: { original: g } }) => (g.last ? <Time value={g.last.due_at} form="date" /> : '–'),
      },
    ],
    [t, limits],
  )
}
