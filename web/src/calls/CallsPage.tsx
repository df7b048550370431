import { Anchor, Button } from '@mantine/core'
import { IconDeviceTv, IconPlus, IconShieldCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import { nextSort } from '../list/page'
import { StateTabs } from '../list/StateTabs'
import { EmptyState } from '../message/EmptyState'
import split from '../orders/orders.module.css'
import { plantQuery } from '../plant/plant'
import { useKeys } from '../scan/ScanProvider'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { duration } from '../time/duration'
import { useNow } from '../time/now'
import { Time } from '../time/Time'
import {
  callsQuery,
  kindName,
  lengthOf,
  path,
  responseOf,
  safetyQuery,
  tabOf,
  tabs,
  textFilter,
  type Call,
  type CallSearch,
} from './call'
import { CallDrawer } from './CallDrawer'
import classes from './calls.module.css'
import { RaiseDialog } from './RaiseDialog'
import { SafetyDialog } from './SafetyDialog'
import { Times } from './Times'

const route = getRouteApi('/shell/calls')

/** Calls for help: who calls for what, who comes, and how long it took. */
export function CallsPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const [raising, setRaising] = useState(false)
  const [safety, setSafety] = useState(false)
  const tab = tabOf(search)
  const go = (change: Partial<CallSearch>, replace = true) =>
    void navigate({ to: '/calls', search: { ...search, cursor: undefined, ...change }, replace })
  const select = (sel?: string) => go({ sel, cursor: search.cursor }, sel === undefined)
  useKeys((key) => {
    if (key !== 'Escape' || !search.sel) return false
    select(undefined)
    return true
  })
  const raise = can(me, 'call.raise') && (
    <Button variant="filled" leftSection={<IconPlus className="icon" aria-hidden />} onClick={() => setRaising(true)}>
      {t('calls.raise')}
    </Button>
  )
  return (
    <div className={split.split} data-open={search.sel !== undefined || undefined}>
      <ListFrame
        title={t('calls.title')}
        actions={
          <>
            <Boards />
            <ShareButton />
            {tab === 'times' ? (
              <CsvButton path="/call-times" query={{ by: search.by ?? 'kind' }} />
            ) : (
              <CsvButton path={path} query={{ q: search.q, sort: search.sort, ...textFilter(tab) }} />
            )}
            {raise}
          </>
        }
        tabs={
          <StateTabs
            noun="calls"
            path={path}
            label={t('list.by_state')}
            value={tab}
            onChange={(state) => go({ state: state === 'open' ? undefined : state, sel: undefined })}
            tabs={[
              ...(Object.keys(tabs) as (keyof typeof tabs)[]).map((name) => ({
                value: name,
                label: t(`calls.tab.${name}`),
                filter: textFilter(name),
              })),
              { value: 'times', label: t('calls.tab.times'), filter: textFilter('all') },
            ]}
          />
        }
        tools={
          tab !== 'times' && (
            <SearchField label={t('calls.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />
          )
        }
      >
        {tab === 'times' ? (
          <Times by={search.by ?? 'kind'} onBy={(by) => go({ by: by === 'kind' ? undefined : by })} />
        ) : (
          <List search={search} go={go} select={select} raise={raise} />
        )}
        <SafetyLine onChange={can(me, 'safety.record') ? () => setSafety(true) : undefined} />
      </ListFrame>
      {search.sel && <CallDrawer key={search.sel} id={search.sel} onClose={() => select(undefined)} />}
      {raising && <RaiseDialog onClose={() => setRaising(false)} onRaised={(call) => select(call.id)} />}
      {safety && <SafetyDialog onClose={() => setSafety(false)} />}
    </div>
  )
}

interface ListProps {
  search: CallSearch
  go: (change: Partial<CallSearch>, replace?: boolean) => void
  select: (id?: string) => void
  raise: React.ReactNode
}

function List({ search, go, select, raise }: ListProps) {
  const t = useT()
  const query = useQuery(callsQuery(search))
  const columns = useColumns()
  return (
    <ListBody
      query={query}
      empty={
        search.q ? (
          <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
        ) : (
          <EmptyState title={t('calls.empty.title')} action={raise}>
            {t('calls.empty.text')}
          </EmptyState>
        )
      }
    >
      {(page) => (
        <>
          <DataTable
            label={t('calls.title')}
            columns={columns}
            rows={page.items}
            rowId={(call) => call.id}
            sort={search.sort}
            onSort={(column) => go({ sort: nextSort(search.sort, column) })}
            selected={search.sel}
            onOpen={(call) => select(call.id)}
            onClose={() => select(undefined)}
            dim={query.isPlaceholderData}
          />
          <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
        </>
      )}
    </ListBody>
  )
}

/** The way to each line's board on the wall. It is a page of its own. */
function Boards() {
  const t = useT()
  const plant = useQuery(plantQuery)
  const me = useMe()
  if (!can(me, 'board.read')) return null
  return (plant.data?.lines ?? []).map((line) => (
    <Button
      key={line.id}
      component="a"
      href={`/board/${encodeURIComponent(line.id)}`}
      target="_blank"
      rel="noreferrer"
      leftSection={<IconDeviceTv className="icon" aria-hidden />}
    >
      {t('calls.board', { line: line.id })}
    </Button>
  ))
}

/** How long nobody was hurt, and the way to say otherwise. */
function SafetyLine({ onChange }: { onChange?: () => void }) {
  const t = useT()
  const safety = useQuery(safetyQuery)
  if (!safety.data) return null
  return (
    <p className={classes.safety}>
      <IconShieldCheck className="icon" aria-hidden />{' '}
      {safety.data.known ? t('board.safe_days', { count: safety.data.days }) : t('calls.safety.unknown')}{' '}
      {onChange && (
        <Anchor component="button" type="button" onClick={onChange} underline="always" fz="inherit">
          {t('calls.safety.change')}
        </Anchor>
      )}
    </p>
  )
}

/** Running while nobody came or nothing ended, else how long it took. */
export function Took({ call, what }: { call: Call; what: 'response' | 'length' }) {
  const t = useT()
  const now = useNow()
  const took = what === 'response' ? responseOf(call) : lengthOf(call)
  if (took !== undefined) return <>{duration(t, took)}</>
  const runs = what === 'response' ? call.state === 'open' : call.state === 'open' || call.state === 'acknowledged'
  return <>{runs ? t('calls.so_far', { time: duration(t, now - new Date(call.open_at).getTime()) }) : '–'}</>
}

function useColumns(): ColumnDef<Call>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'station',
        header: t('calls.column.call'),
        meta: { sort: 'station', width: '28%' },
        cell: ({ row: { original: c } }) => (
          <>
            <b className="id">{c.station}</b> {kindName(c.kind, c.kind_name)}
            <small>
              <span className="id">{c.id}</span> {c.text}
            </small>
          </>
        ),
      },
      {
        id: 'state',
        header: t('calls.column.state'),
        meta: { sort: 'state', width: '18%' },
        cell: ({ row: { original: c } }) => (
          <>
            <Status of="call" state={c.state} />
            <small>{c.acknowledged_by}</small>
          </>
        ),
      },
      {
        id: 'open_at',
        header: t('calls.column.raised'),
        meta: { sort: 'open_at', width: '24%' },
        cell: ({ row: { original: c } }) => (
          <>
            <Time value={c.open_at} />
            <small>{c.raised_by}</small>
          </>
        ),
      },
      {
        id: 'response',
        header: t('calls.column.response'),
        meta: { sort: 'response', width: '15%' },
        cell: ({ row }) => <Took call={row.original} what="response" />,
      },
      {
        id: 'length',
        header: t('calls.column.length'),
        cell: ({ row }) => <Took call={row.original} what="length" />,
      },
    ],
    [t],
  )
}
