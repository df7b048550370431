import type { ColumnDef } from '@tanstack/react-table'
import { useMemo } from 'react'
import { useT } from '../i18n/i18n'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Id } from '../value/Quantity'
import type { Row } from './capa'
import { Due } from './Due'

export function useCapaColumns(): ColumnDef<Row>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'id',
        header: t('capas.column.id'),
        meta: { width: '34%', sort: 'id' },
        cell: ({ row: { original: r } }) => (
          <>
            <Id>{r.id}</Id>
            <small title={r.title}>{r.title}</small>
          </>
        ),
      },
      {
        id: 'severity',
        header: t('capas.column.severity'),
        meta: { width: '12%', sort: 'severity' },
        cell: ({ row: { original: r } }) => (
          <>
            <Status of="severity" state={r.severity} />
            <small>{[r.product, ...r.codes].filter(Boolean).join(', ')}</small>
          </>
        ),
      },
      {
        id: 'state',
        header: t('capas.column.state'),
        meta: { width: '20%', sort: 'state' },
        cell: ({ row: { original: r } }) => (
          <>
            <Status of="capa" state={r.state} />
            <small>
              {r.discipline <= 8 ? `D${r.discipline}` : t('capas.all_done')}
              {r.iteration > 1 ? `, ${t('capas.round', { n: r.iteration })}` : ''}
            </small>
          </>
        ),
      },
      {
        id: 'due',
        header: t('capas.column.due'),
        meta: { width: '18%', sort: 'next_due' },
        cell: ({ row: { original: r } }) => (
          <>
            <Due at={r.ended_at ? undefined : (r.next_due ?? r.check_at)} ended={Boolean(r.ended_at)} />
            <small>{r.open_tasks > 0 && t('capas.open_tasks', { count: r.open_tasks })}</small>
          </>
        ),
      },
      {
        id: 'owner',
        header: t('capas.column.owner'),
        meta: { width: '16%', sort: 'owner' },
        cell: ({ row: { original: r } }) => (
          <>
            {r.owner ? <span className="id">{r.owner}</span> : t('capas.nobody')}
            <small>
              <Time value={r.raised_at} form="date" />
            </small>
          </>
        ),
      },
    ],
    [t],
  )
}
