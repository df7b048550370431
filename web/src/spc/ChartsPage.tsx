import { Button } from '@mantine/core'
import { IconBellRinging, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { useLanguage, useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import { nextSort, type ListSearch } from '../list/page'
import { StateTabs } from '../list/StateTabs'
import { EmptyState } from '../message/EmptyState'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { chartsPath, chartsQuery, filterOf, stateFilter, stateOf, states, statistic, type Chart } from './spc'
import { NewChart } from './NewChart'
import { useKindText, watched } from './words'

const route = getRouteApi('/shell/spc')

/** Every control chart with where it stands: what left control comes first to the eye. */
export function ChartsPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(chartsQuery(search))
  const columns = useColumns()
  const [making, setMaking] = useState(false)
  const go = (change: Partial<ListSearch>, replace = true) =>
    void navigate({ to: '/spc', search: { ...search, cursor: undefined, ...change }, replace })
  return (
    <ListFrame
      title={t('spc.title')}
      actions={
        <>
          {can(me, 'chart.define') && (
            <Button
              variant="filled"
              leftSection={<IconPlus className="icon" aria-hidden />}
              onClick={() => setMaking(true)}
            >
              {t('spc.new')}
            </Button>
          )}
          <Button
            leftSection={<IconBellRinging className="icon" aria-hidden />}
            renderRoot={(props) => <Link to="/spc/alarms" {...props} />}
          >
            {t('spc.alarms')}
          </Button>
          <ShareButton />
          <CsvButton path={chartsPath} query={filterOf(search)} />
        </>
      }
      tabs={
        <StateTabs
          noun="spc"
          path={chartsPath}
          label={t('list.by_state')}
          value={stateOf(search)}
          onChange={(state) => go({ state: state === 'all' ? undefined : state })}
          tabs={states.map((name) => ({
            value: name,
            label: t(`spc.tab.${name}`),
            filter: { state: stateFilter(name) },
          }))}
        />
      }
      tools={<SearchField label={t('spc.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />}
    >
      <ListBody query={query} empty={<Nothing search={search} />}>
        {(page) => (
          <>
            <DataTable
              label={t('spc.title')}
              columns={columns}
              rows={page.items}
              rowId={(chart) => chart.id}
              sort={search.sort}
              onSort={(column) => go({ sort: nextSort(search.sort, column) })}
              onOpen={(chart) => void navigate({ to: '/spc/$chart', params: { chart: chart.id } })}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
      {making && <NewChart onClose={() => setMaking(false)} />}
    </ListFrame>
  )
}

function Nothing({ search }: { search: ListSearch }) {
  const t = useT()
  if (search.q || search.state) return <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
  return <EmptyState title={t('spc.empty.title')}>{t('spc.empty.text')}</EmptyState>
}

function useColumns(): ColumnDef<Chart>[] {
  const t = useT()
  const kind = useKindText()
  const language = useLanguage()
  return useMemo(
    () => [
      {
        id: 'state',
        header: t('spc.column.state'),
        meta: { width: '15%', sort: 'state' },
        cell: ({ row: { original: c } }) => (
          <>
            <Status of="chart" state={c.state} />
            {c.alarms > 0 && <small>{t('spc.open_alarms', { count: c.alarms })}</small>}
          </>
        ),
      },
      {
        id: 'name',
        header: t('spc.column.name'),
        meta: { width: '31%', sort: 'name' },
        cell: ({ row: { original: c } }) => (
          <>
            <b>{c.name}</b>
            <small className="id">{watched(c)}</small>
          </>
        ),
      },
      {
        id: 'kind',
        header: t('spc.column.kind'),
        meta: { width: '22%' },
        cell: ({ row: { original: c } }) => (
          <>
            {kind(c.kind)}
            <small>
              {c.grouping === 'run'
                ? t('spc.grouping_run', { count: c.size ?? 1 })
                : t(`spc.grouping.${c.grouping as 'record' | 'day'}`)}
            </small>
          </>
        ),
      },
      {
        id: 'last',
        header: t('spc.column.last'),
        meta: { width: '18%', sort: 'last_at' },
        cell: ({ row: { original: c } }) =>
          c.last_at ? (
            <>
              {statistic(c.last, 4, language)} {c.unit}
              <small>
                <Time value={c.last_at} />
              </small>
            </>
          ) : (
            t('spc.no_point')
          ),
      },
      {
        id: 'points',
        header: t('spc.column.points'),
        meta: { width: '14%', numeric: true },
        cell: ({ row: { original: c } }) => (
          <>
            {c.points}
            {c.pending > 0 && <small>{t('spc.pending', { count: c.pending })}</small>}
          </>
        ),
      },
    ],
    [t, kind, language],
  )
}
