import type { ColumnDef } from '@tanstack/react-table'
import { useMemo } from 'react'
import { Due } from '../capas/Due'
import { useT } from '../i18n/i18n'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Id } from '../value/Quantity'
import type { Kind, Row, Source } from './maintenance'

export function useJobColumns(): ColumnDef<Row>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'id',
        header: t('maintenance.column.job'),
        meta: { width: '34%', sort: 'id' },
        cell: ({ row: { original: r } }) => (
          <>
            <Id>{r.id}</Id>
            <small title={r.title}>{r.title}</small>
          </>
        ),
      },
      {
        id: 'station',
        header: t('maintenance.column.at'),
        meta: { width: '14%', sort: 'station' },
        cell: ({ row: { original: r } }) => (
          <>
            <span className="id">{r.station || r.gauge}</span>
            <small>{t(`maintenance.kind.${r.kind as Kind}`)}</small>
          </>
        ),
      },
      {
        id: 'severity',
        header: t('maintenance.field.severity'),
        meta: { width: '14%', sort: 'severity' },
        cell: ({ row: { original: r } }) => (
          <>
            <Status of="severity" state={r.severity} />
            <small>{t(`maintenance.source.${r.source as Source}`)}</small>
          </>
        ),
      },
      {
        id: 'state',
        header: t('list.by_state'),
        meta: { width: '20%', sort: 'state' },
        cell: ({ row: { original: r } }) => (
          <>
            <Status of="maintenance" state={r.state} />
            <small>{r.out ? t('maintenance.is_out', { station: r.station ?? '' }) : ''}</small>
          </>
        ),
      },
      {
        id: 'due',
        header: t('maintenance.column.due'),
        meta: { width: '18%', sort: 'due_at' },
        cell: ({ row: { original: r } }) => (
          <>
            <Due at={r.due_at} ended={Boolean(r.back_at ?? r.ended_at)} />
            <small>{r.owner ? <span className="id">{r.owner}</span> : <Time value={r.raised_at} form="date" />}</small>
          </>
        ),
      },
    ],
    [t],
  )
}
