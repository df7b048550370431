import { Button, SegmentedControl, Table, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useLanguage, useT } from '../i18n/i18n'
import { ListFrame, Rows } from '../list/ListFrame'
import { CsvButton, ShareButton } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { formatDecimal } from '../value/decimal'
import { costQuery, groups, pareto, type CostBy, type CostReport, type CostRow, type CostSearch } from './cost'
import classes from './qualitycost.module.css'
import { RateDialog } from './RateDialog'

const route = getRouteApi('/shell/quality-cost')

/** What poor quality cost, as a Pareto and as a table. What has no price is counted, and never taken for zero. */
export function QualityCostPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const [rating, setRating] = useState(false)
  const query = useQuery(costQuery(search))
  const go = (change: Partial<CostSearch>) =>
    void navigate({ to: '/quality-cost', search: { ...search, ...change }, replace: true })
  return (
    <ListFrame
      title={t('qualitycost.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton path="/quality-cost" query={{ by: search.by ?? 'code', from: search.from, to: search.to }} />
          {can(me, 'quality-cost.write') && (
            <Button onClick={() => setRating(true)}>{t('qualitycost.rate.button')}</Button>
          )}
        </>
      }
      tools={
        <>
          <SegmentedControl
            aria-label={t('qualitycost.by')}
            data={groups.map((group) => ({ value: group, label: t(`qualitycost.by.${group}`) }))}
            value={search.by ?? 'code'}
            onChange={(by) => go({ by: by === 'code' ? undefined : (by as CostBy) })}
          />
          <TextInput
            type="date"
            aria-label={t('qualitycost.from')}
            value={search.from ?? ''}
            onChange={(event) => go({ from: event.currentTarget.value || undefined })}
          />
          <TextInput
            type="date"
            aria-label={t('qualitycost.to')}
            value={search.to ?? ''}
            onChange={(event) => go({ to: event.currentTarget.value || undefined })}
          />
          {!search.from && !search.to && <span className={classes.span}>{t('qualitycost.last_30')}</span>}
        </>
      }
    >
      {query.isPending && <Rows />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Report report={query.data} />}
      {rating && <RateDialog onClose={() => setRating(false)} />}
    </ListFrame>
  )
}

function Report({ report }: { report: CostReport }) {
  const t = useT()
  const language = useLanguage()
  const rows = report.rows ?? []
  if (rows.length === 0)
    return <EmptyState title={t('qualitycost.empty.title')}>{t('qualitycost.empty.text')}</EmptyState>
  const money = (amount: string) => `${formatDecimal(amount, language)} ${report.currency}`.trim()
  return (
    <div className={classes.report}>
      <p className={classes.sum}>
        <b>{money(report.sum.total)}</b>{' '}
        {report.sum.complete ? t('qualitycost.complete') : <Unpriced row={report.sum} />}
      </p>
      <Pareto report={report} money={money} />
      <CostTable report={report} money={money} />
    </div>
  )
}

/** What stands beside an amount for want of a price. */
function Unpriced({ row }: { row: CostRow }) {
  const t = useT()
  const language = useLanguage()
  const parts = []
  if (row.scrap_unpriced !== '0')
    parts.push(t('qualitycost.pieces_unpriced', { n: formatDecimal(row.scrap_unpriced, language) }))
  if (row.rework_unpriced !== '0')
    parts.push(t('qualitycost.minutes_unpriced', { n: formatDecimal(row.rework_unpriced, language) }))
  return <span className={classes.unknown}>{t('qualitycost.unknown', { what: parts.join(', ') })}</span>
}

const useNameOf = () => {
  const t = useT()
  return (row: CostRow) =>
    row.group === '' ? t('qualitycost.no_code') : [row.group, row.name].filter(Boolean).join(', ')
}

function Pareto({ report, money }: { report: CostReport; money: (amount: string) => string }) {
  const t = useT()
  const nameOf = useNameOf()
  const bars = pareto(report.rows ?? [])
  if (bars.length === 0) return null
  return (
    <figure className={classes.pareto} aria-label={t('qualitycost.pareto')}>
      <ol>
        {bars.map(({ row, width, together }) => (
          <li key={row.group}>
            <span className={classes.name}>{nameOf(row)}</span>
            <span className={classes.track} aria-hidden>
              <span style={{ width: `${width}%` }} />
            </span>
            <span className={classes.amount}>{money(row.total)}</span>
            {report.by !== 'month' && (
              <span className={classes.together}>{t('qualitycost.together', { percent: Math.round(together) })}</span>
            )}
          </li>
        ))}
      </ol>
    </figure>
  )
}

function CostTable({ report, money }: { report: CostReport; money: (amount: string) => string }) {
  const t = useT()
  const language = useLanguage()
  const nameOf = useNameOf()
  const number = (text: string) => formatDecimal(text, language)
  const line = (row: CostRow, name: string, key: string, Head: 'th' | 'td' = 'th') => (
    <Table.Tr key={key} data-sum={key === 'sum' || undefined}>
      <Head scope={Head === 'th' ? 'row' : undefined}>{name}</Head>
      <td>
        {row.scrap_unpriced === row.scrapped && row.scrapped !== '0'
          ? t('qualitycost.price_unknown')
          : money(row.scrap_cost)}
        <small>
          {t('qualitycost.pieces', { n: number(row.scrapped) })}
          {row.scrap_unpriced !== '0' && `, ${t('qualitycost.pieces_unpriced', { n: number(row.scrap_unpriced) })}`}
        </small>
      </td>
      <td>
        {row.rework_unpriced === row.rework_min && row.rework_min !== '0'
          ? t('qualitycost.price_unknown')
          : money(row.rework_cost)}
        <small>{t('qualitycost.minutes', { n: number(row.rework_min) })}</small>
      </td>
      <td>
        {money(row.handling_cost)}
        <small>{t('qualitycost.pieces', { n: number(row.handled) })}</small>
      </td>
      <td>{money(row.external)}</td>
      <td>
        <b>{money(row.total)}</b>
        {!row.complete && <small>{t('qualitycost.incomplete')}</small>}
      </td>
    </Table.Tr>
  )
  return (
    <div className={classes.scroll}>
      <Table className={classes.table} aria-label={t('qualitycost.title')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t(`qualitycost.by.${report.by}`)}</Table.Th>
            {(['scrap', 'rework', 'handling', 'external', 'total'] as const).map((column) => (
              <Table.Th key={column} scope="col">
                {t(`qualitycost.column.${column}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {(report.rows ?? []).map((row) => line(row, nameOf(row), row.group || '-'))}
          {line(report.sum, t('qualitycost.sum'), 'sum')}
        </Table.Tbody>
      </Table>
    </div>
  )
}
