import { Button, Select } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
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
import { documentsQuery, kindOf, kinds, path, tabOf, tabs, type Kind, type Revision, type Tab } from './document'
import { NewDocument } from './NewDocument'
import { ToReadList } from './ToReadList'

const route = getRouteApi('/shell/documents')

/** Every controlled document, by where its revisions stand; above it, what the reader still has to read. */
export function DocumentsPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const [creating, setCreating] = useState(false)
  const query = useQuery(documentsQuery(search))
  const columns = useColumns()
  const go = (change: Partial<ListSearch>, replace = true) =>
    void navigate({ to: '/documents', search: { ...search, cursor: undefined, ...change }, replace })
  const open = (r: Revision) =>
    void navigate({ to: '/documents/$kind/$id/$revision', params: { kind: r.kind, id: r.id, revision: r.revision } })
  const create = can(me, 'document.draft') && (
    <Button variant="filled" leftSection={<IconPlus className="icon" aria-hidden />} onClick={() => setCreating(true)}>
      {t('documents.new')}
    </Button>
  )
  return (
    <ListFrame
      title={t('documents.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton
            path={path}
            query={{ q: search.q, sort: search.sort, kind: kindOf(search), state: tabs[tabOf(search)].join(',') }}
          />
          {create}
        </>
      }
      tabs={
        <>
          <ToReadList />
          <StateTabs
            noun="documents"
            path={path}
            label={t('list.by_state')}
            value={tabOf(search)}
            onChange={(state) => go({ state: state === 'effective' ? undefined : state })}
            tabs={(Object.keys(tabs) as Tab[]).map((tab) => ({
              value: tab,
              label: t(`documents.tab.${tab}`),
              filter: { state: tabs[tab].join(','), kind: kindOf(search) },
            }))}
          />
        </>
      }
      tools={
        <>
          <SearchField label={t('documents.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />
          <Select
            aria-label={t('documents.filter.kind')}
            placeholder={t('documents.filter.kind')}
            clearable
            clearButtonProps={{ 'aria-label': t('list.clear') }}
            w={220}
            data={kinds.map((kind) => ({ value: kind, label: t(`documents.kind.${kind}`) }))}
            value={kindOf(search) ?? null}
            onChange={(kind) => go({ product: kind ?? undefined })}
          />
        </>
      }
    >
      <ListBody query={query} empty={<Nothing search={search} action={create} />}>
        {(page) => (
          <>
            <DataTable
              label={t('documents.title')}
              columns={columns}
              rows={page.items}
              rowId={(r) => `${r.kind}/${r.id}/${r.revision}`}
              sort={search.sort}
              onSort={(column) => go({ sort: nextSort(search.sort, column) })}
              onOpen={open}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
      {creating && (
        <NewDocument
          onClose={() => setCreating(false)}
          onCreated={(r) =>
            void navigate({
              to: '/documents/$kind/$id/$revision/edit',
              params: { kind: r.kind, id: r.id, revision: r.revision },
            })
          }
        />
      )}
    </ListFrame>
  )
}

function Nothing({ search, action }: { search: ListSearch; action: React.ReactNode }) {
  const t = useT()
  if (search.q || search.product)
    return <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
  return (
    <EmptyState title={t('documents.empty.title')} action={action}>
      {t('documents.empty.text')}
    </EmptyState>
  )
}

function useColumns(): ColumnDef<Revision>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'id',
        header: t('documents.column.document'),
        meta: { sort: 'id', width: '28%' },
        cell: ({ row: { original: r } }) => (
          <>
            <Link
              className="id"
              to="/documents/$kind/$id/$revision"
              params={{ kind: r.kind, id: r.id, revision: r.revision }}
            >
              <b>{t('documents.rev', { id: r.id, revision: r.revision })}</b>
            </Link>
            <small>{r.name}</small>
          </>
        ),
      },
      {
        id: 'kind',
        header: t('documents.column.kind'),
        meta: { width: '14%' },
        cell: ({ row }) => t(`documents.kind.${row.original.kind as Kind}`),
      },
      {
        id: 'state',
        header: t('documents.column.state'),
        meta: { sort: 'state', width: '22%' },
        cell: ({ row: { original: r } }) => (
          <>
            <Status of="document" state={r.state} />
            <small>
              <Since revision={r} />
            </small>
          </>
        ),
      },
      {
        id: 'reason',
        header: t('documents.column.reason'),
        cell: ({ row: { original: r } }) => (
          <>
            {r.reason || '–'}
            {r.source === 'import' && <small>{t('documents.imported', { by: r.approved_by ?? '' })}</small>}
          </>
        ),
      },
      {
        id: 'changed',
        header: t('documents.column.changed'),
        meta: { sort: 'changed_at', width: '16%' },
        cell: ({ row: { original: r } }) => (
          <>
            <Time value={r.changed_at} />
            <small>{r.changed_by}</small>
          </>
        ),
      },
    ],
    [t],
  )
}

function Since({ revision: r }: { revision: Revision }) {
  const t = useT()
  if (r.state === 'approved' && r.effective_on)
    return (
      <>
        {t('documents.from')} <Time value={r.effective_on} form="inline" />
      </>
    )
  if (r.state === 'superseded') return <>{t('documents.superseded_by', { revision: r.superseded_by ?? '' })}</>
  if (r.effective_from)
    return (
      <>
        {t('documents.since')} <Time value={r.effective_from} form="inline" />
      </>
    )
  return null
}
