import { NativeSelect, SegmentedControl, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback, useState } from 'react'
import { Chart } from '../chart/Chart'
import type { Colours } from '../chart/colours'
import { useLanguage, useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import { nextSort } from '../list/page'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { logQuery, machinesQuery, reasonName, reasonsQuery } from '../machines/machine'
import { StopDialog } from '../machines/StopDialog'
import { productsQuery } from '../plant/plant'
import { shiftsQuery } from '../shifts/shift'
import { can, useMe } from '../session/session'
import { duration } from '../time/duration'
import { useNow } from '../time/now'
import {
  filterOf,
  groupings,
  paretoQuery,
  stopsPath,
  stopsQuery,
  windows,
  type DowntimeSearch,
  type Grouping,
  type Pareto,
  type Stop,
} from './downtime'
import classes from './downtime.module.css'
import { paretoOption } from './paretoOption'
import { useStopColumns } from './useStopColumns'

const route = getRouteApi('/shell/downtime')

/** Where the time went: the Pareto of stops, and the stops that made it. */
export function DowntimePage() {
  const t = useT()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const now = useNow()
  const query = useQuery(stopsQuery(search, now))
  const pareto = useQuery(paretoQuery(search, now))
  const columns = useStopColumns()
  const [stop, setStop] = useState<Stop>()
  const go = (change: Partial<DowntimeSearch>, replace = true) =>
    void navigate({ search: (old: DowntimeSearch) => ({ ...old, cursor: undefined, ...change }), replace })
  const csv = filterOf(search, now)
  return (
    <ListFrame
      title={t('downtime.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton
            path={stopsPath}
            query={{ ...csv, station: search.station, micro: search.micro ? 'true' : undefined }}
          />
        </>
      }
      tools={<Filters search={search} go={go} />}
    >
      {pareto.isError && <ErrorAlert error={pareto.error} onRetry={() => void pareto.refetch()} />}
      {pareto.data && <ParetoChart pareto={pareto.data} onPick={(key) => pick(search, key, go)} />}
      <h2 className={classes.head}>{t('downtime.stops')}</h2>
      <ListBody
        query={query}
        empty={<EmptyState title={t('downtime.empty.title')}>{t('downtime.empty.text')}</EmptyState>}
      >
        {(page) => (
          <>
            <DataTable
              label={t('downtime.stops')}
              columns={columns}
              rows={page.items}
              rowId={(one) => String(one.id)}
              sort={search.sort}
              onSort={(column) => go({ sort: nextSort(search.sort, column) })}
              onOpen={setStop}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
      {stop && <Dialog stop={stop} onClose={() => setStop(undefined)} />}
    </ListFrame>
  )
}

/** A bar leads to the stops that made it. */
function pick(search: DowntimeSearch, key: string, go: (change: Partial<DowntimeSearch>, replace?: boolean) => void) {
  if (!key) return
  if (search.by === 'station') go({ station: key, by: undefined }, false)
  else if (search.by === 'product') go({ product: key, by: undefined }, false)
  else if (search.by === 'shift') go({ shift: key, by: undefined }, false)
  else go({ q: key }, false)
}

function Filters({
  search,
  go,
}: {
  search: DowntimeSearch
  go: (change: Partial<DowntimeSearch>, replace?: boolean) => void
}) {
  const t = useT()
  const me = useMe()
  const machines = useQuery(machinesQuery).data ?? []
  const products = useQuery(productsQuery).data ?? []
  const shifts = useQuery({ ...shiftsQuery, enabled: can(me, 'shift.read') }).data?.shifts ?? []
  const any = { value: '', label: t('downtime.any') }
  const choice = (label: string, value: string | undefined, data: string[], set: (value?: string) => void) => (
    <NativeSelect
      aria-label={label}
      value={value ?? ''}
      data={[
        { ...any, label: `${label}: ${any.label}` },
        ...data.map((one) => ({ value: one, label: `${label}: ${one}` })),
      ]}
      onChange={(event) => set(event.currentTarget.value || undefined)}
    />
  )
  return (
    <>
      <SegmentedControl
        aria-label={t('downtime.window')}
        data={windows.map((span) => ({ value: String(span), label: t(`downtime.window.${span}`) }))}
        value={String(search.hours ?? 24)}
        onChange={(value) => go({ hours: value === '24' ? undefined : Number(value) })}
      />
      <SegmentedControl
        aria-label={t('downtime.by')}
        data={groupings.map((name) => ({ value: name, label: t(`downtime.by.${name}`) }))}
        value={search.by ?? 'reason'}
        onChange={(by) => go({ by: by === 'reason' ? undefined : (by as Grouping) })}
      />
      {choice(
        t('downtime.by.station'),
        search.station,
        machines.map((m) => m.station),
        (station) => go({ station }),
      )}
      {choice(
        t('downtime.by.product'),
        search.product,
        products.map((p) => p.id),
        (product) => go({ product }),
      )}
      {shifts.length > 0 &&
        choice(
          t('downtime.by.shift'),
          search.shift,
          shifts.map((s) => s.id),
          (shift) => go({ shift }),
        )}
      <Switch
        label={t('downtime.unexplained')}
        checked={search.state === 'unexplained'}
        onChange={(event) => go({ state: event.currentTarget.checked ? 'unexplained' : undefined })}
      />
      <Switch
        label={t('downtime.micro')}
        checked={search.micro ?? false}
        onChange={(event) => go({ micro: event.currentTarget.checked || undefined })}
      />
      <SearchField label={t('downtime.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />
    </>
  )
}

function ParetoChart({ pareto, onPick }: { pareto: Pareto; onPick: (key: string) => void }) {
  const t = useT()
  const language = useLanguage()
  const reasons = useQuery(reasonsQuery).data
  const rows = pareto.rows ?? []
  const nameOf = useCallback(
    (row: NonNullable<Pareto['rows']>[number]) => {
      if (pareto.by !== 'reason') return row.key || t('downtime.none')
      if (row.key) return reasonName(reasons ?? [], row.key, language)
      if (row.state === 'unplanned_down') return t('downtime.unexplained_bar')
      return t(`status.machine.${row.state as 'blocked' | 'starved' | 'setup' | 'planned_down'}`)
    },
    [pareto.by, reasons, language, t],
  )
  const option = useCallback(
    (colours: Colours) =>
      paretoOption({
        pareto,
        colours,
        nameOf,
        words: { minutes: t('downtime.minutes'), together: t('downtime.together') },
        tooltip: (i) => {
          const row = (pareto.rows ?? [])[i]!
          return `${nameOf(row)}: ${duration(t, row.seconds * 1000)}, ${t('downtime.count', { count: row.stops })}`
        },
      }),
    [pareto, nameOf, t],
  )
  const sum = t('downtime.summary', {
    count: pareto.stops,
    time: duration(t, pareto.seconds * 1000),
    first: rows[0] ? nameOf(rows[0]) : '–',
  })
  const micro = t('downtime.micro_sum', {
    count: pareto.micro_stops,
    time: duration(t, pareto.micro_seconds * 1000),
  })
  if (rows.length === 0)
    return (
      <p className={classes.sum}>
        {t('downtime.nothing')} {pareto.micro_stops > 0 && micro}
      </p>
    )
  return (
    <>
      <p className={classes.sum}>
        {sum} {micro}
      </p>
      <Chart
        title={t('downtime.pareto')}
        summary={sum}
        option={option}
        file="downtime-pareto"
        height={320}
        onPick={(i) => onPick(rows[i]?.key ?? '')}
        table={{
          columns: [
            t(`downtime.by.${pareto.by as Grouping}`),
            t('downtime.column.stops'),
            t('downtime.column.seconds'),
            t('downtime.column.share'),
            t('downtime.together'),
          ],
          rows: rows.map((row) => [
            nameOf(row),
            row.stops,
            row.seconds,
            Math.round(row.share * 1000) / 10,
            Math.round(row.cumulated * 1000) / 10,
          ]),
          show: (value, column) => {
            if (column === 2) return duration(t, Number(value) * 1000)
            return column > 2 ? `${value} %` : value
          },
        }}
      />
    </>
  )
}

/** The dialogue needs the log around the stop, for what it can be merged with. */
function Dialog({ stop, onClose }: { stop: Stop; onClose: () => void }) {
  const log = useQuery(logQuery(stop.station, 168)).data
  return <StopDialog station={stop.station} stretch={stop} log={log?.stretches ?? []} onClose={onClose} />
}
