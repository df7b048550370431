import { Button, Select } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import { nextSort } from '../list/page'
import { StateTabs } from '../list/StateTabs'
import { EmptyState } from '../message/EmptyState'
import { can, useMe } from '../session/session'
import { Board } from './Board'
import { capasQuery, filterOf, path, severities, viewOf, views, type CapaSearch } from './capa'
import { MyTasks } from './MyTasks'
import { RaiseCapa } from './RaiseCapa'
import { useCapaColumns } from './useCapaColumns'

const route = getRouteApi('/shell/capas')

/** Corrective and preventive actions: the board of what is open, the list, and one's own tasks. */
export function CapasPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const view = viewOf(search)
  const go = (change: Partial<CapaSearch>, replace = true) =>
    void navigate({ to: '/capas', search: { ...search, cursor: undefined, ...change }, replace })
  const tab = (value: keyof typeof views) => ({ value, label: t(`capas.view.${value}`), filter: views[value] })
  const mayRaise = can(me, 'capa.raise')
  return (
    <ListFrame
      title={t('capas.title')}
      actions={
        <>
          <ShareButton />
          {view === 'tasks' ? (
            <CsvButton path="/capa-tasks" query={{ owner: 'me', open: 'true', q: search.q }} />
          ) : (
            <CsvButton path={path} query={filterOf(search)} />
          )}
          {mayRaise && (
            <Button
              variant="filled"
              leftSection={<IconPlus className="icon" aria-hidden />}
              onClick={() => go({ raise: '1' })}
            >
              {t('capas.raise')}
            </Button>
          )}
        </>
      }
      tabs={
        <StateTabs
          noun="capas"
          path={path}
          label={t('list.by_state')}
          value={view}
          onChange={(state) => go({ state: state === 'board' ? undefined : state })}
          tabs={[
            tab('board'),
            tab('open'),
            tab('mine'),
            tab('overdue'),
            tab('all'),
            {
              value: 'tasks',
              label: t('capas.view.tasks'),
              path: '/capa-tasks',
              filter: { owner: 'me', open: 'true' },
            },
          ]}
        />
      }
      tools={
        <>
          <SearchField label={t('capas.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />
          {view !== 'tasks' && (
            <Select
              aria-label={t('capas.column.severity')}
              placeholder={t('capas.any_severity')}
              data={severities.map((value) => ({ value, label: t(`status.severity.${value}`) }))}
              value={search.severity ?? null}
              onChange={(value) => go({ severity: value ?? undefined })}
              clearable
              clearButtonProps={{ 'aria-label': t('list.clear') }}
            />
          )}
        </>
      }
    >
      {view === 'tasks' ? <MyTasks search={search} go={go} /> : <Capas search={search} go={go} />}
      {search.raise && mayRaise && (
        <RaiseCapa
          search={search}
          onClose={() =>
            go({ raise: undefined, noun: undefined, subject: undefined, title: undefined, code: undefined })
          }
        />
      )}
    </ListFrame>
  )
}

function Capas({ search, go }: { search: CapaSearch; go: (change: Partial<CapaSearch>, replace?: boolean) => void }) {
  const t = useT()
  const navigate = useNavigate()
  const query = useQuery(capasQuery(search))
  const columns = useCapaColumns()
  const narrowed = search.q || search.severity || search.product
  return (
    <ListBody
      query={query}
      empty={
        narrowed ? (
          <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
        ) : (
          <EmptyState title={t('capas.empty.title')}>{t('capas.empty.text')}</EmptyState>
        )
      }
    >
      {(page) =>
        viewOf(search) === 'board' ? (
          <>
            <Board rows={page.items} />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} />
          </>
        ) : (
          <>
            <DataTable
              label={t('capas.title')}
              columns={columns}
              rows={page.items}
              rowId={(row) => row.id}
              sort={search.sort}
              onSort={(column) => go({ sort: nextSort(search.sort, column) })}
              onOpen={(row) => void navigate({ to: '/capas/$id', params: { id: row.id } })}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )
      }
    </ListBody>
  )
}
