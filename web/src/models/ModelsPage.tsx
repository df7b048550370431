import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListFrame, Rows } from '../list/ListFrame'
import { CsvButton, SearchField, ShareButton } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { modelsQuery, titleOf, type Model } from './model'
import { ModelDialog } from './ModelDialog'

const route = getRouteApi('/shell/models')

/** The versions of vision models: what each is, where it runs, and whether it may judge. */
export function ModelsPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(modelsQuery)
  const columns = useColumns()
  const [fresh, setFresh] = useState(false)
  const go = (change: Partial<typeof search>) =>
    void navigate({ to: '/models', search: { ...search, ...change }, replace: true })
  const needle = search.q?.toLowerCase() ?? ''
  const rows = (query.data ?? []).filter((m) => `${titleOf(m)} ${m.task ?? ''}`.toLowerCase().includes(needle))
  const shown = rows.find((m) => titleOf(m) === search.sel)
  return (
    <ListFrame
      title={t('models.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton path="/models" query={{}} />
          {can(me, 'model.describe') && (
            <Button
              variant="filled"
              leftSection={<IconPlus className="icon" aria-hidden />}
              onClick={() => setFresh(true)}
            >
              {t('models.add')}
            </Button>
          )}
        </>
      }
      tools={<SearchField label={t('models.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />}
    >
      {query.isPending && <Rows />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && rows.length === 0 && (
        <EmptyState title={needle ? t('list.none_found') : t('models.empty.title')}>
          {needle ? t('list.none_found_text') : t('models.empty.text')}
        </EmptyState>
      )}
      {rows.length > 0 && (
        <DataTable
          label={t('models.title')}
          columns={columns}
          rows={rows}
          rowId={titleOf}
          selected={search.sel}
          onOpen={(m) => go({ sel: titleOf(m) })}
        />
      )}
      {shown && <ModelDialog key={titleOf(shown)} model={shown} onClose={() => go({ sel: undefined })} />}
      {fresh && <ModelDialog onClose={() => setFresh(false)} />}
    </ListFrame>
  )
}

function useColumns(): ColumnDef<Model>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'name',
        header: t('models.column.name'),
        meta: { width: '24%' },
        cell: ({ row: { original: m } }) => (
          <>
            <b className="id">{titleOf(m)}</b>
            <small>{m.task}</small>
          </>
        ),
      },
      {
        id: 'state',
        header: t('models.column.state'),
        meta: { width: '16%' },
        cell: ({ row: { original: m } }) => (
          <>
            <Status of="model" state={m.state} />
            {m.state === 'retired' && m.verdicts > 0 && <small>{t('models.still_sends')}</small>}
            {!m.changed_by && <small>{t('models.undescribed')}</small>}
          </>
        ),
      },
      {
        id: 'runs',
        header: t('models.column.runs'),
        meta: { width: '24%' },
        cell: ({ row: { original: m } }) =>
          (m.runs ?? []).map((run, i) => (
            <span key={i} style={{ display: 'block' }}>
              {t(`models.where.${run.where}`)}
              {run.place && `, ${run.place}`}
            </span>
          )),
      },
      {
        id: 'cameras',
        header: t('models.column.cameras'),
        meta: { width: '14%' },
        cell: ({ row: { original: m } }) => (m.cameras ?? []).join(', ') || '–',
      },
      {
        id: 'verdicts',
        header: t('models.column.verdicts'),
        meta: { width: '10%', numeric: true },
        cell: ({ row: { original: m } }) => m.verdicts,
      },
      {
        id: 'seen',
        header: t('models.column.last_seen'),
        meta: { width: '12%' },
        cell: ({ row: { original: m } }) => (m.last_seen ? <Time value={m.last_seen} /> : '–'),
      },
    ],
    [t],
  )
}
