import { Button } from '@mantine/core'
import { IconChartLine, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import { StateTabs } from '../list/StateTabs'
import { EmptyState } from '../message/EmptyState'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { AcknowledgeDialog } from './AcknowledgeDialog'
import { alarmFilter, alarmsPath, alarmsQuery, type AlarmSearch, type ChartAlarm } from './spc'
import { useAlarmText } from './words'

const route = getRouteApi('/shell/spc/alarms')

/** Alarms of all charts: first those that nobody has acknowledged. */
export function AlarmsPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(alarmsQuery(search))
  const columns = useColumns()
  const go = (change: Partial<AlarmSearch>, replace = true) =>
    void navigate({ to: '/spc/alarms', search: { ...search, cursor: undefined, ...change }, replace })
  const shown = query.data?.items?.find((alarm) => alarm.id === search.sel && !alarm.acknowledged_at)
  const open = (alarm: ChartAlarm) =>
    alarm.acknowledged_at || !can(me, 'chart.acknowledge')
      ? void navigate({ to: '/spc/$chart', params: { chart: alarm.chart }, search: { point: alarm.last } })
      : go({ sel: alarm.id, cursor: search.cursor }, false)
  return (
    <ListFrame
      title={t('spc.alarms_title')}
      actions={
        <>
          <Button
            leftSection={<IconChartLine className="icon" aria-hidden />}
            renderRoot={(props) => <Link to="/spc" {...props} />}
          >
            {t('spc.title')}
          </Button>
          <ShareButton />
          <CsvButton path={alarmsPath} query={alarmFilter(search)} />
        </>
      }
      tabs={
        <StateTabs
          noun="spc"
          path={alarmsPath}
          label={t('list.by_state')}
          value={search.state === 'all' ? 'all' : 'open'}
          onChange={(state) => go({ state: state === 'all' ? 'all' : undefined })}
          tabs={[
            { value: 'open', label: t('spc.tab.open'), filter: { open: 'true', chart: search.chart } },
            { value: 'all', label: t('spc.tab.all'), filter: { chart: search.chart } },
          ]}
        />
      }
      tools={
        <>
          <SearchField label={t('spc.search_alarms')} value={search.q} onChange={(q) => go({ q: q || undefined })} />
          {search.chart && (
            <Button leftSection={<IconX className="icon" aria-hidden />} onClick={() => go({ chart: undefined })}>
              {t('spc.only_chart', { chart: search.chart })}
            </Button>
          )}
        </>
      }
    >
      <ListBody query={query} empty={<Nothing search={search} />}>
        {(page) => (
          <>
            <DataTable
              label={t('spc.alarms_title')}
              columns={columns}
              rows={page.items}
              rowId={(alarm) => alarm.id}
              selected={search.sel}
              onOpen={open}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
      {shown && <AcknowledgeDialog alarm={shown} onClose={() => go({ sel: undefined, cursor: search.cursor })} />}
    </ListFrame>
  )
}

function Nothing({ search }: { search: AlarmSearch }) {
  const t = useT()
  if (search.q) return <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
  return <EmptyState title={t('spc.no_alarms.title')}>{t('spc.no_alarms.text')}</EmptyState>
}

function useColumns(): ColumnDef<ChartAlarm>[] {
  const t = useT()
  const text = useAlarmText()
  return useMemo(
    () => [
      {
        id: 'state',
        header: t('spc.column.state'),
        meta: { width: '14%' },
        cell: ({ row: { original: a } }) => <Status of="alarm" state={a.acknowledged_at ? 'acknowledged' : 'open'} />,
      },
      {
        id: 'chart',
        header: t('spc.column.name'),
        meta: { width: '22%' },
        cell: ({ row: { original: a } }) => (
          <Link to="/spc/$chart" params={{ chart: a.chart }} search={{ point: a.last }}>
            {a.name}
          </Link>
        ),
      },
      {
        id: 'rule',
        header: t('spc.column.rule'),
        meta: { width: '30%' },
        cell: ({ row: { original: a } }) => (
          <>
            <b>{a.rule}</b> {text(a)}
            <small>
              {t('spc.run', { first: a.first, last: a.last })}, {t('spc.limits_version', { version: a.limits })}
            </small>
          </>
        ),
      },
      {
        id: 'lot',
        header: t('spc.column.lot'),
        meta: { width: '12%' },
        cell: ({ row: { original: a } }) =>
          a.lot ? (
            <Link to="/lots/$lot" params={{ lot: a.lot }} className="id">
              {a.lot}
            </Link>
          ) : (
            '–'
          ),
      },
      {
        id: 'opened',
        header: t('spc.column.opened'),
        meta: { width: '22%' },
        cell: ({ row: { original: a } }) => (
          <>
            <Time value={a.opened_at} />
            {a.acknowledged_at && (
              <small title={a.reason}>
                {a.acknowledged_by}: {a.reason}
              </small>
            )}
          </>
        ),
      },
    ],
    [t, text],
  )
}
