import { Anchor, Breadcrumbs, Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import type { ListSearch } from '../list/page'
import { EmptyState } from '../message/EmptyState'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Quantity } from '../value/Quantity'
import classes from './audit.module.css'
import { CreateReview } from './CreateReview'
import { ReviewDialog } from './ReviewDialog'
import { dueQuery, path, reviewsQuery, type Review } from './reviews'

const route = getRouteApi('/shell/audit/reviews')

/** Reviews of the trail: who looked at which period and found what, and when the next one is due. */
export function ReviewsPage() {
  const t = useT()
  const search = route.useSearch()
  const navigate = useNavigate()
  const [creating, setCreating] = useState(false)
  const query = useQuery(reviewsQuery(search))
  const columns = useColumns()
  const go = (change: Partial<ListSearch>, replace = true) =>
    void navigate({ to: '/audit/reviews', search: { ...search, cursor: undefined, ...change }, replace })
  const create = can(useMe(), 'audit.review') && (
    <Button variant="filled" leftSection={<IconPlus className="icon" aria-hidden />} onClick={() => setCreating(true)}>
      {t('audit.reviews.new')}
    </Button>
  )
  return (
    <ListFrame
      title={t('audit.reviews.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton path={path} query={{ q: search.q }} />
          {create}
        </>
      }
      tabs={
        <>
          <Breadcrumbs separator="/" component="nav" aria-label={t('audit.title')}>
            <Anchor renderRoot={(props) => <Link to="/audit" {...props} />}>{t('audit.title')}</Anchor>
            <span>{t('audit.reviews')}</span>
          </Breadcrumbs>
          <Due />
        </>
      }
      tools={
        <SearchField label={t('audit.reviews.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />
      }
    >
      <ListBody
        query={query}
        empty={
          search.q ? (
            <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
          ) : (
            <EmptyState title={t('audit.reviews.empty.title')} action={create}>
              {t('audit.reviews.empty.text')}
            </EmptyState>
          )
        }
      >
        {(page) => (
          <>
            <DataTable
              label={t('audit.reviews.title')}
              columns={columns}
              rows={page.items}
              rowId={(review) => review.id}
              selected={search.sel}
              onOpen={(review) => go({ sel: review.id, cursor: search.cursor }, false)}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
      {search.sel && <ReviewDialog id={search.sel} onClose={() => go({ sel: undefined, cursor: search.cursor })} />}
      {creating && (
        <CreateReview
          onClose={() => setCreating(false)}
          onCreated={(review) => {
            setCreating(false)
            go({ sel: review.id, q: undefined }, false)
          }}
        />
      )}
    </ListFrame>
  )
}

function Due() {
  const t = useT()
  const due = useQuery(dueQuery)
  if (!due.data) return null
  return (
    <p className={due.data.overdue ? classes.broken : 'label'}>
      {t(due.data.overdue ? 'audit.reviews.overdue' : 'audit.reviews.due')} <Time value={due.data.due} form="date" />
    </p>
  )
}

function useColumns(): ColumnDef<Review>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'id',
        header: t('audit.reviews.column.id'),
        meta: { width: '16%' },
        cell: ({ row }) => <b className="id">{row.original.id}</b>,
      },
      {
        id: 'period',
        header: t('audit.reviews.column.period'),
        meta: { width: '28%' },
        cell: ({ row: { original: r } }) => (
          <>
            <Time value={r.from} form="full" /> – <Time value={r.to} form="full" />
          </>
        ),
      },
      {
        id: 'rows',
        header: t('audit.reviews.column.rows'),
        meta: { width: '9%', numeric: true },
        cell: ({ row }) => <Quantity value={String(row.original.rows)} />,
      },
      {
        id: 'refused',
        header: t('audit.reviews.column.refused'),
        meta: { width: '9%', numeric: true },
        cell: ({ row }) => <Quantity value={String(row.original.refused)} />,
      },
      {
        id: 'author',
        header: t('audit.reviews.column.author'),
        meta: { width: '18%' },
        cell: ({ row: { original: r } }) => (
          <>
            <span className="id">{r.author}</span>
            <small>
              <Time value={r.created_at} />
            </small>
          </>
        ),
      },
      {
        id: 'state',
        header: t('list.by_state'),
        meta: { width: '20%' },
        cell: ({ row }) => <Status of="request" state={row.original.state} />,
      },
    ],
    [t],
  )
}
