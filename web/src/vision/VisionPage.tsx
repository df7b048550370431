import { Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { Checks } from './Checks'
import { PictureView } from './PictureView'
import { path, verdictsQuery, wordOf, type Verdict, type VisionSearch } from './vision'

const route = getRouteApi('/shell/vision')

/** Everything that cameras said, newest first. */
export function VisionPage() {
  const t = useT()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(verdictsQuery(search))
  const columns = useColumns()
  const go = (change: Partial<VisionSearch>, replace = true) =>
    void navigate({ to: '/vision', search: { ...search, cursor: undefined, ...change }, replace })
  const shown = query.data?.items?.find((v) => v.id === search.sel)
  return (
    <ListFrame
      title={t('vision.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton path={path} query={{ lot: search.q, camera: search.camera }} />
        </>
      }
      tools={<SearchField label={t('vision.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />}
    >
      <ListBody query={query} empty={<EmptyState title={t('vision.empty.title')}>{t('vision.empty.text')}</EmptyState>}>
        {(page) => (
          <>
            <DataTable
              label={t('vision.title')}
              columns={columns}
              rows={page.items}
              rowId={(v) => v.id}
              selected={search.sel}
              onOpen={(v) => go({ sel: v.id, cursor: search.cursor }, false)}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
      <Modal
        opened={shown !== undefined}
        onClose={() => go({ sel: undefined, cursor: search.cursor })}
        size={720}
        title={shown && t('vision.of', { camera: shown.camera })}
        closeButtonProps={{ 'aria-label': t('message.close') }}
      >
        {shown && <Shown verdict={shown} />}
      </Modal>
    </ListFrame>
  )
}

function Shown({ verdict: v }: { verdict: Verdict }) {
  const t = useT()
  return (
    <>
      <PictureView image={v.image} alt={t('vision.of', { camera: v.camera })} size={v.picture} boxes={v.boxes ?? []} />
      <Facts
        rows={[
          [t('vision.column.verdict'), <Status key="v" of="verdict" state={wordOf(v.verdict)} />],
          [t('vision.said'), v.said && <Status key="s" of="verdict" state={wordOf(v.said)} />],
          [t('vision.column.lot'), v.lot && <LotLink key="l" lot={v.lot} />],
          [t('vision.column.step'), [v.operation, v.step].filter(Boolean).join(' / ')],
          [t('vision.column.model'), v.model],
          [t('vision.rule'), v.rule && `${v.rule.rule} rev ${v.rule.revision}`],
          [t('vision.column.captured'), <Time key="t" value={v.captured_at} form="full" />],
        ]}
      />
      {(v.rule?.checks?.length ?? 0) > 0 && <Checks checks={v.rule!.checks!} label={t('vision.checks')} />}
      <p>
        <Link to="/reviews" search={{ sel: v.id, state: 'all' }}>
          {t('vision.to_review')}
        </Link>
      </p>
    </>
  )
}

const LotLink = ({ lot }: { lot: string }) => (
  <Link to="/lots/$lot" params={{ lot }} className="id">
    {lot}
  </Link>
)

function useColumns(): ColumnDef<Verdict>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'verdict',
        header: t('vision.column.verdict'),
        meta: { width: '14%' },
        cell: ({ row: { original: v } }) => <Status of="verdict" state={v.verdict ? wordOf(v.verdict) : 'none'} />,
      },
      {
        id: 'lot',
        header: t('vision.column.lot'),
        meta: { width: '22%' },
        cell: ({ row: { original: v } }) => (
          <>
            <b className="id">{v.lot || '–'}</b>
            <small>{[v.operation, v.step].filter(Boolean).join(' / ')}</small>
          </>
        ),
      },
      {
        id: 'camera',
        header: t('vision.column.camera'),
        meta: { width: '16%' },
        cell: ({ row: { original: v } }) => (
          <>
            <b className="id">{v.camera}</b>
            <small>{v.station}</small>
          </>
        ),
      },
      {
        id: 'model',
        header: t('vision.column.model'),
        meta: { width: '18%' },
        cell: ({ row: { original: v } }) => v.model,
      },
      {
        id: 'found',
        header: t('vision.column.found'),
        meta: { width: '14%' },
        cell: ({ row: { original: v } }) => summed(v),
      },
      {
        id: 'at',
        header: t('vision.column.captured'),
        meta: { width: '16%' },
        cell: ({ row: { original: v } }) => <Time value={v.captured_at} />,
      },
    ],
    [t],
  )
}

/** Classes with how many of each: "bead 3, gap 1". */
function summed(v: Verdict) {
  const counts = new Map<string, number>()
  for (const box of v.boxes ?? []) counts.set(box.class, (counts.get(box.class) ?? 0) + 1)
  return [...counts].map(([name, n]) => `${name} ${n}`).join(', ') || '–'
}
