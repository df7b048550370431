import { Button } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
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
import { EmptyState } from '../message/EmptyState'
import { useKeys } from '../scan/ScanProvider'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import split from '../orders/orders.module.css'
import { CreatePerson } from './CreatePerson'
import { filterOf, path, peopleQuery, tabOf, tabs, type Person, type Tab } from './people'
import { PersonDrawer } from './PersonDrawer'

const route = getRouteApi('/shell/people')

/** Who works here, and which programs do: what they may do, and whether they can come in. */
export function PeoplePage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const [creating, setCreating] = useState(false)
  const query = useQuery(peopleQuery(search))
  const columns = useColumns()
  const go = (change: Partial<ListSearch>, replace = true) =>
    void navigate({ to: '/people', search: { ...search, cursor: undefined, ...change }, replace })
  const select = (sel?: string) => go({ sel, cursor: search.cursor }, sel === undefined)
  useKeys((key) => {
    if (key === 'Escape' && search.sel) select(undefined)
    else return false
    return true
  })
  const create = can(me, 'role.assign') && (
    <Button
      variant="filled"
      leftSection={<IconUserPlus className="icon" aria-hidden />}
      onClick={() => setCreating(true)}
    >
      {t('people.new')}
    </Button>
  )
  return (
    <div className={split.split} data-open={search.sel !== undefined || undefined}>
      <ListFrame
        title={t('people.title')}
        actions={
          <>
            <ShareButton />
            <CsvButton path={path} query={filterOf(search)} />
            {create}
          </>
        }
        tabs={
          <StateTabs
            noun="people"
            path={path}
            label={t('list.by_state')}
            value={tabOf(search)}
            onChange={(state) => go({ state: state === 'active' ? undefined : state, sel: undefined })}
            tabs={(Object.keys(tabs) as Tab[]).map((tab) => ({
              value: tab,
              label: t(`people.tab.${tab}`),
              filter: tabs[tab],
            }))}
          />
        }
        tools={<SearchField label={t('people.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />}
      >
        <ListBody
          query={query}
          empty={
            search.q ? (
              <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
            ) : (
              <EmptyState title={t(`people.empty.${tabOf(search)}`)} action={create} />
            )
          }
        >
          {(page) => (
            <>
              <DataTable
                label={t('people.title')}
                columns={columns}
                rows={page.items}
                rowId={(person) => person.id}
                sort={search.sort}
                onSort={(column) => go({ sort: nextSort(search.sort, column) })}
                selected={search.sel}
                onOpen={(person) => select(person.id)}
                onClose={() => select(undefined)}
                dim={query.isPlaceholderData}
              />
              <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
            </>
          )}
        </ListBody>
      </ListFrame>
      {search.sel && <PersonDrawer key={search.sel} id={search.sel} onClose={() => select(undefined)} />}
      {creating && (
        <CreatePerson
          onClose={() => setCreating(false)}
          onCreated={(person) => {
            setCreating(false)
            go({ sel: person.id, q: undefined, state: person.kind === 'service' ? 'programs' : undefined }, false)
          }}
        />
      )}
    </div>
  )
}

function useColumns(): ColumnDef<Person>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'id',
        header: t('people.column.person'),
        meta: { sort: 'id' },
        cell: ({ row: { original: p } }) => (
          <>
            <b className="id">{p.id}</b>
            <small>{p.name}</small>
          </>
        ),
      },
      {
        id: 'roles',
        header: t('people.column.roles'),
        cell: ({ row: { original: p } }) => (
          <>
            {(p.roles ?? []).map((role) => t(`app.role.${role}`)).join(', ') || '–'}
            {p.issuer && <small>{t('people.federated')}</small>}
          </>
        ),
      },
      {
        id: 'state',
        header: t('list.by_state'),
        cell: ({ row: { original: p } }) => (
          <>
            <Status of="account" state={p.state} />
            {p.must_change && p.active && <small>{t('people.must_change')}</small>}
          </>
        ),
      },
      {
        id: 'last',
        header: t('people.column.last'),
        meta: { sort: 'last_login' },
        cell: ({ row }) => <Time value={row.original.last_login} />,
      },
    ],
    [t],
  )
}
