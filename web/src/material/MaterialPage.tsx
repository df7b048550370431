import { Button, Select } from '@mantine/core'
import { IconFileImport, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import { nextSort, type ListSearch } from '../list/page'
import { StateTabs } from '../list/StateTabs'
import type { Lot } from '../lots/lot'
import { EmptyState } from '../message/EmptyState'
import { productsQuery } from '../plant/plant'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { useNow } from '../time/now'
import { Time } from '../time/Time'
import { Id, Quantity } from '../value/Quantity'
import { ImportMaterial } from './ImportMaterial'
import { fileFilterOf, materialQuery, path, tabOf, tabs, usableState, type Tab } from './material'
import { ReceiveMaterial } from './ReceiveMaterial'

const route = getRouteApi('/shell/material')

/** Received material: what there is, what is left of it, until when it may be used. */
export function MaterialPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const [dialog, setDialog] = useState<'receive' | 'import'>()
  const query = useQuery(materialQuery(search))
  const materials = useQuery(productsQuery)
  const columns = useColumns()
  const go = (change: Partial<ListSearch>, replace = true) =>
    void navigate({ to: '/material', search: { ...search, cursor: undefined, ...change }, replace })
  const receive = can(me, 'material.receive') && (
    <>
      <Button leftSection={<IconFileImport className="icon" aria-hidden />} onClick={() => setDialog('import')}>
        {t('material.import')}
      </Button>
      <Button
        variant="filled"
        leftSection={<IconPlus className="icon" aria-hidden />}
        onClick={() => setDialog('receive')}
      >
        {t('material.receive')}
      </Button>
    </>
  )
  return (
    <ListFrame
      title={t('material.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton path={path} query={fileFilterOf(search)} />
          {receive}
        </>
      }
      tabs={
        <StateTabs
          noun="material"
          path={path}
          label={t('list.by_state')}
          value={tabOf(search)}
          onChange={(state) => go({ state })}
          tabs={(Object.keys(tabs) as Tab[]).map((tab) => ({
            value: tab,
            label: t(`material.tab.${tab}`),
            filter: { state: tabs[tab].join(','), q: search.q },
          }))}
        />
      }
      tools={
        <>
          <SearchField label={t('material.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />
          <Select
            aria-label={t('material.column.material')}
            placeholder={t('material.column.material')}
            clearable
            clearButtonProps={{ 'aria-label': t('list.clear') }}
            data={(materials.data ?? []).map((m) => ({ value: m.id, label: m.name }))}
            value={search.product ?? null}
            onChange={(product) => go({ product: product ?? undefined })}
          />
        </>
      }
    >
      <ListBody
        query={query}
        empty={
          <EmptyState title={t('material.empty.title')} action={receive}>
            {t('material.empty.text')}
          </EmptyState>
        }
      >
        {(page) => (
          <>
            <DataTable
              label={t('material.title')}
              columns={columns}
              rows={page.items}
              rowId={(lot) => lot.lot}
              sort={search.sort}
              onSort={(column) => go({ sort: nextSort(search.sort, column) })}
              onOpen={(lot) => void navigate({ to: '/lots/$lot', params: { lot: lot.lot } })}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
      {dialog === 'receive' && <ReceiveMaterial onClose={() => setDialog(undefined)} />}
      {dialog === 'import' && <ImportMaterial onClose={() => setDialog(undefined)} />}
    </ListFrame>
  )
}

function useColumns(): ColumnDef<Lot>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'lot',
        header: t('lots.column.lot'),
        meta: { width: '20%', sort: 'lot' },
        cell: ({ row }) => <Id>{row.original.lot}</Id>,
      },
      {
        id: 'material',
        header: t('material.column.material'),
        meta: { width: '22%' },
        cell: ({ row: { original: lot } }) => (
          <>
            {lot.product_name}
            <small className="id">{lot.material}</small>
          </>
        ),
      },
      {
        id: 'supplier',
        header: t('material.column.supplier'),
        meta: { width: '18%' },
        cell: ({ row: { original: lot } }) => (
          <>
            {lot.supplier}
            <small className="id">{lot.supplier_lot}</small>
          </>
        ),
      },
      {
        id: 'left',
        header: t('material.column.left'),
        meta: { width: '14%', numeric: true },
        cell: ({ row: { original: lot } }) => (
          <>
            <Quantity value={lot.remaining} strong /> / <Quantity value={lot.quantity} unit={lot.unit} />
          </>
        ),
      },
      {
        id: 'expires',
        header: t('lots.fact.expires'),
        meta: { width: '12%', sort: 'expires_at' },
        cell: ({ row: { original: lot } }) => (lot.expires_at ? <Time value={lot.expires_at} form="date" /> : ''),
      },
      {
        id: 'state',
        header: t('list.by_state'),
        meta: { width: '14%' },
        cell: ({ row }) => <Usable lot={row.original} />,
      },
    ],
    [t],
  )
}

function Usable({ lot }: { lot: Lot }) {
  return <Status of="lot" state={usableState(lot, useNow())} />
}
