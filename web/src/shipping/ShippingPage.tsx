import { Button } from '@mantine/core'
import { IconTruck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import { nextSort, type ListSearch } from '../list/page'
import { EmptyState } from '../message/EmptyState'
import { can, useMe } from '../session/session'
import { Time } from '../time/Time'
import { CreateShipment } from './CreateShipment'
import { path, shipmentsQuery, type Shipment } from './shipment'

const route = getRouteApi('/shell/shipping')

/** What left the plant, for whom, on which delivery note. */
export function ShippingPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const [creating, setCreating] = useState(false)
  const query = useQuery(shipmentsQuery(search))
  const columns = useColumns()
  const go = (change: Partial<ListSearch>, replace = true) =>
    void navigate({ to: '/shipping', search: { ...search, cursor: undefined, ...change }, replace })
  const ship = can(me, 'shipment.create') && (
    <Button variant="filled" leftSection={<IconTruck className="icon" aria-hidden />} onClick={() => setCreating(true)}>
      {t('shipping.new')}
    </Button>
  )
  return (
    <ListFrame
      title={t('shipping.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton path={path} query={{ q: search.q, sort: search.sort }} />
          {ship}
        </>
      }
      tools={<SearchField label={t('shipping.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />}
    >
      <ListBody
        query={query}
        empty={
          search.q ? (
            <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
          ) : (
            <EmptyState title={t('shipping.empty.title')} action={ship}>
              {t('shipping.empty.text')}
            </EmptyState>
          )
        }
      >
        {(page) => (
          <>
            <DataTable
              label={t('shipping.title')}
              columns={columns}
              rows={page.items}
              rowId={(shipment) => shipment.delivery_note}
              sort={search.sort}
              onSort={(column) => go({ sort: nextSort(search.sort, column) })}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} />
          </>
        )}
      </ListBody>
      {creating && <CreateShipment onClose={() => setCreating(false)} />}
    </ListFrame>
  )
}

function useColumns(): ColumnDef<Shipment>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'note',
        header: t('shipping.column.note'),
        meta: { width: '20%' },
        cell: ({ row }) => (
          <span className="id">
            <b>{row.original.delivery_note}</b>
          </span>
        ),
      },
      {
        id: 'customer',
        header: t('shipping.column.customer'),
        meta: { width: '20%' },
        cell: ({ row }) => row.original.customer,
      },
      {
        id: 'lots',
        header: t('lots.title'),
        cell: ({ row }) => <Lots lots={row.original.lots ?? []} />,
      },
      {
        id: 'at',
        header: t('shipping.column.at'),
        meta: { width: '20%', sort: 'shipped_at' },
        cell: ({ row }) => <Time value={row.original.shipped_at} />,
      },
    ],
    [t],
  )
}

function Lots({ lots }: { lots: string[] }) {
  const t = useT()
  return (
    <>
      {t('shipping.lots', { count: lots.length })}
      <small>
        {lots.slice(0, 4).map((lot, i) => (
          <span key={lot} className="id">
            {i > 0 && ', '}
            <Link to="/lots/$lot" params={{ lot }}>
              {lot}
            </Link>
          </span>
        ))}
        {lots.length > 4 && ' …'}
      </small>
    </>
  )
}
