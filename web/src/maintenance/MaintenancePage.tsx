import { Button, Select } from '@mantine/core'
import { IconCalendarRepeat, IconChartBar, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import { nextSort } from '../list/page'
import { StateTabs } from '../list/StateTabs'
import { EmptyState } from '../message/EmptyState'
import { can, useMe } from '../session/session'
import {
  filterOf,
  jobsQuery,
  kinds,
  path,
  severities,
  viewOf,
  views,
  type MaintenanceSearch,
  type View,
} from './maintenance'
import { RequestMaintenance } from './RequestMaintenance'
import { useJobColumns } from './useJobColumns'

const route = getRouteApi('/shell/maintenance')

/** Maintenance jobs: what is open, what is due, which machines are out. */
export function MaintenancePage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(jobsQuery(search))
  const columns = useJobColumns()
  const go = (change: Partial<MaintenanceSearch>, replace = true) =>
    void navigate({ to: '/maintenance', search: { ...search, cursor: undefined, ...change }, replace })
  const mayAsk = can(me, 'maintenance.request')
  const ask = mayAsk && (
    <Button variant="filled" leftSection={<IconPlus className="icon" aria-hidden />} onClick={() => go({ ask: '1' })}>
      {t('maintenance.request')}
    </Button>
  )
  const narrowed = search.q || search.kind || search.severity || search.station
  return (
    <ListFrame
      title={t('maintenance.title')}
      actions={
        <>
          <Button
            leftSection={<IconChartBar className="icon" aria-hidden />}
            renderRoot={(props) => <Link to="/maintenance/figures" {...props} />}
          >
            {t('maintenance.figures.open')}
          </Button>
          <Button
            leftSection={<IconCalendarRepeat className="icon" aria-hidden />}
            renderRoot={(props) => <Link to="/maintenance/plans" {...props} />}
          >
            {t('maintenance.plans.open')}
          </Button>
          <ShareButton />
          <CsvButton path={path} query={filterOf(search)} />
          {ask}
        </>
      }
      tabs={
        <StateTabs
          noun="maintenance"
          path={path}
          label={t('list.by_state')}
          value={viewOf(search)}
          onChange={(state) => go({ state: state === 'open' ? undefined : state })}
          tabs={(Object.keys(views) as View[]).map((value) => ({
            value,
            label: t(`maintenance.view.${value}`),
            filter: views[value],
          }))}
        />
      }
      tools={
        <>
          <SearchField label={t('maintenance.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />
          <Select
            aria-label={t('maintenance.field.kind')}
            placeholder={t('maintenance.any_kind')}
            data={kinds.map((value) => ({ value, label: t(`maintenance.kind.${value}`) }))}
            value={search.kind ?? null}
            onChange={(value) => go({ kind: value ?? undefined })}
            clearable
            clearButtonProps={{ 'aria-label': t('list.clear') }}
          />
          <Select
            aria-label={t('maintenance.field.severity')}
            placeholder={t('maintenance.any_severity')}
            data={severities.map((value) => ({ value, label: t(`status.severity.${value}`) }))}
            value={search.severity ?? null}
            onChange={(value) => go({ severity: value ?? undefined })}
            clearable
            clearButtonProps={{ 'aria-label': t('list.clear') }}
          />
        </>
      }
    >
      <ListBody
        query={query}
        empty={
          narrowed ? (
            <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
          ) : (
            <EmptyState title={t('maintenance.empty.title')} action={ask}>
              {t('maintenance.empty.text')}
            </EmptyState>
          )
        }
      >
        {(page) => (
          <>
            <DataTable
              label={t('maintenance.title')}
              columns={columns}
              rows={page.items}
              rowId={(row) => row.id}
              sort={search.sort}
              onSort={(column) => go({ sort: nextSort(search.sort, column) })}
              onOpen={(row) => void navigate({ to: '/maintenance/$job', params: { job: row.id } })}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
      {search.ask && mayAsk && (
        <RequestMaintenance
          station={search.station}
          title={search.title}
          onClose={() => go({ ask: undefined, title: undefined })}
        />
      )}
    </ListFrame>
  )
}
