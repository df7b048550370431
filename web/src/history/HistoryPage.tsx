import { Anchor, Breadcrumbs, Button, Select } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { address } from '../api/http'
import { TrailLink } from '../audit/TrailLink'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { SearchField, ShareButton } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { orderPath } from '../orders/queries'
import { longDate, zoneName } from '../time/format'
import { useZone } from '../time/site'
import { byDay, filterRows, historyQuery, type HistoryFilter } from './history'
import classes from './history.module.css'
import { HistoryRowView } from './HistoryRowView'
import { Runs } from './Runs'

const route = getRouteApi('/shell/orders/$number/history')
const sources = ['audit', 'lot', 'step', 'vision', 'outbox', 'engine'] as const

/** An order's whole story: who, what, when, which device answered what, each wait and its reason. */
export function HistoryPage() {
  const t = useT()
  const zone = useZone()
  const { number } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useInfiniteQuery(historyQuery(number, search.lot))
  const all = useMemo(() => (query.data?.pages ?? []).flatMap((page) => page.rows ?? []), [query.data])
  const rows = useMemo(() => filterRows(all, search), [all, search])
  const days = useMemo(() => byDay(rows, (row) => longDate(zone, new Date(row.at))), [rows, zone])
  const lots = useMemo(() => [...new Set(all.flatMap((row) => row.lot ?? []))].sort(), [all])
  const first = query.data?.pages[0]
  const go = (change: Partial<HistoryFilter>) =>
    void navigate({
      to: '/orders/$number/history',
      params: { number },
      search: { ...search, ...change },
      replace: true,
    })
  return (
    <article className={classes.page}>
      <div>
        <Breadcrumbs separator="/" className={classes.crumb} component="nav" aria-label={t('lots.crumbs')}>
          <Anchor renderRoot={(props) => <Link to="/orders" search={{ sel: number }} {...props} />}>
            {t('orders.title')}
          </Anchor>
          <span className="id">{number}</span>
        </Breadcrumbs>
        <div className={classes.head}>
          <h1 className="id">{t('history.title', { number })}</h1>
          <span className="grow" />
          <Button
            component="a"
            href={address(`${orderPath(number)}/history`, { format: 'csv' })}
            download
            leftSection={<IconDownload className="icon" aria-hidden />}
          >
            {t('list.csv')}
          </Button>
          <TrailLink noun="order" subject={number} />
          <ShareButton />
        </div>
      </div>
      <div className={classes.tools}>
        <SearchField label={t('history.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />
        <Select
          aria-label={t('lots.column.lot')}
          placeholder={t('lots.column.lot')}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t('list.clear') }}
          limit={100}
          data={search.lot && !lots.includes(search.lot) ? [search.lot, ...lots] : lots}
          value={search.lot ?? null}
          onChange={(lot) => go({ lot: lot ?? undefined })}
        />
        <Select
          aria-label={t('history.source')}
          placeholder={t('history.source')}
          clearable
          clearButtonProps={{ 'aria-label': t('list.clear') }}
          data={sources.map((value) => ({ value, label: t(`history.source.${value}`) }))}
          value={search.source ?? null}
          onChange={(source) => go({ source: source ?? undefined })}
        />
      </div>
      {query.isPending && <Rows />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && rows.length === 0 && (
        <EmptyState title={t('list.none_found')}>{t('history.none_text')}</EmptyState>
      )}
      {days.map(([day, dayRows]) => (
        <section key={day} aria-label={day}>
          <h2 className={classes.day}>
            {day} <span className="label">{zoneName(zone, new Date(dayRows[0]!.at))}</span>
          </h2>
          <ol className={classes.rows}>
            {dayRows.map((row, i) => (
              <HistoryRowView key={`${row.at}/${i}`} row={row} />
            ))}
          </ol>
        </section>
      ))}
      {query.hasNextPage && first && (
        <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('history.more', { n: first.total - all.length })}
        </Button>
      )}
      {first && <Runs runs={first.runs ?? []} gaps={first.gaps ?? []} />}
    </article>
  )
}
