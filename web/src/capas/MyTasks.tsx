import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody } from '../list/ListFrame'
import { ListFoot } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { Status } from '../status/Status'
import { Id } from '../value/Quantity'
import { tasksQuery, type CapaSearch, type Task } from './capa'
import { Due } from './Due'

/** What the one who is signed in has to do, over all CAPAs. */
export function MyTasks({
  search,
  go,
}: {
  search: CapaSearch
  go: (change: Partial<CapaSearch>, replace?: boolean) => void
}) {
  const t = useT()
  const navigate = useNavigate()
  const query = useQuery(tasksQuery(search))
  const columns = useColumns()
  return (
    <ListBody
      query={query}
      empty={<EmptyState title={t('capas.tasks.empty.title')}>{t('capas.tasks.empty.text')}</EmptyState>}
    >
      {(page) => (
        <>
          <DataTable
            label={t('capas.view.tasks')}
            columns={columns}
            rows={page.items}
            rowId={(task) => `${task.capa}/${task.id}`}
            onOpen={(task) => void navigate({ to: '/capas/$id', params: { id: task.capa } })}
            dim={query.isPlaceholderData}
          />
          <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
        </>
      )}
    </ListBody>
  )
}

function useColumns(): ColumnDef<Task>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'task',
        header: t('capas.column.task'),
        meta: { width: '44%' },
        cell: ({ row: { original: r } }) => (
          <>
            <b>{r.title}</b>
            <small>{`D${r.d}`}</small>
          </>
        ),
      },
      {
        id: 'capa',
        header: t('capas.column.id'),
        meta: { width: '28%' },
        cell: ({ row: { original: r } }) => (
          <>
            <Id>{r.capa}</Id>
            <small>{r.capa_title}</small>
          </>
        ),
      },
      {
        id: 'due',
        header: t('capas.column.due'),
        meta: { width: '16%' },
        cell: ({ row }) => <Due at={row.original.due_at} />,
      },
      {
        id: 'state',
        header: t('capas.column.state'),
        meta: { width: '12%' },
        cell: ({ row }) => <Status of="capa_task" state={row.original.state} />,
      },
    ],
    [t],
  )
}
