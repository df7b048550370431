import { Button, Select } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import { nextSort, type ListSearch } from '../list/page'
import { StateTabs } from '../list/StateTabs'
import { EmptyState } from '../message/EmptyState'
import { productsQuery } from '../plant/plant'
import { useKeys } from '../scan/ScanProvider'
import { can, useMe } from '../session/session'
import { CreateOrder } from './CreateOrder'
import { OrderDrawer } from './OrderDrawer'
import classes from './orders.module.css'
import { fileFilterOf, filterOf, ordersQuery, path, tabOf, tabs, type Tab } from './queries'
import { useOrderColumns } from './useOrderColumns'

const route = getRouteApi('/shell/orders')

export function OrdersPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [creating, setCreating] = useState(false)
  const query = useQuery(ordersQuery(search))
  const columns = useOrderColumns()
  const go = (change: Partial<ListSearch>, replace = true) =>
    void navigate({ search: (old: ListSearch) => ({ ...old, cursor: undefined, ...change }), replace })
  const select = (sel?: string) => go({ sel, cursor: search.cursor }, sel === undefined)
  useKeys((key) => {
    if (key === 'Escape' && search.sel) select(undefined)
    else return false
    return true
  })
  const mayCreate = can(me, 'order.create')
  const create = mayCreate && (
    <Button variant="filled" leftSection={<IconPlus className="icon" aria-hidden />} onClick={() => setCreating(true)}>
      {t('orders.new')}
    </Button>
  )
  return (
    <div className={classes.split} data-open={search.sel !== undefined || undefined}>
      <ListFrame
        title={t('orders.title')}
        actions={
          <>
            <ShareButton />
            <CsvButton path={path} query={fileFilterOf(search)} />
            {create}
          </>
        }
        tabs={
          <StateTabs
            noun="orders"
            path={path}
            label={t('list.by_state')}
            value={tabOf(search)}
            onChange={(state) => go({ state: state === 'open' ? undefined : state })}
            tabs={(Object.keys(tabs) as Tab[]).map((tab) => ({
              value: tab,
              label: t(`orders.tab.${tab}`),
              filter: { state: tabs[tab].join(',') },
            }))}
          />
        }
        tools={
          <>
            <SearchField label={t('orders.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />
            <ProductFilter value={search.product} onChange={(product) => go({ product })} />
          </>
        }
      >
        <ListBody query={query} empty={<NoOrders filtered={search.q !== undefined} action={create} />}>
          {(page) => (
            <>
              <DataTable
                label={t('orders.title')}
                columns={columns}
                rows={page.items}
                rowId={(order) => order.number}
                sort={filterOf(search).sort}
                onSort={(column) => go({ sort: nextSort(filterOf(search).sort, column) })}
                selected={search.sel}
                onOpen={(order) => select(order.number)}
                onClose={() => select(undefined)}
                dim={query.isPlaceholderData}
              />
              <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
            </>
          )}
        </ListBody>
      </ListFrame>
      {search.sel && <OrderDrawer key={search.sel} number={search.sel} onClose={() => select(undefined)} />}
      {creating && (
        <CreateOrder
          onClose={() => setCreating(false)}
          onCreated={(number) => {
            setCreating(false)
            go({ sel: number, q: undefined, state: undefined }, false)
          }}
        />
      )}
    </div>
  )
}

function NoOrders({ filtered, action }: { filtered: boolean; action: React.ReactNode }) {
  const t = useT()
  if (filtered) return <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
  return (
    <EmptyState title={t('orders.empty.title')} action={action}>
      {t('orders.empty.text')}
    </EmptyState>
  )
}

function ProductFilter({ value, onChange }: { value?: string; onChange: (product: string | undefined) => void }) {
  const t = useT()
  const products = useQuery(productsQuery)
  return (
    <Select
      aria-label={t('orders.filter.product')}
      placeholder={t('orders.filter.product')}
      clearable
      clearButtonProps={{ 'aria-label': t('list.clear') }}
      w={170}
      data={(products.data ?? []).map((product) => product.id)}
      value={value ?? null}
      onChange={(product) => onChange(product ?? undefined)}
    />
  )
}
