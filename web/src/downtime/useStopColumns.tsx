import type { ColumnDef } from '@tanstack/react-table'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useLanguage, useT } from '../i18n/i18n'
import { reasonName, reasonsQuery } from '../machines/machine'
import { Status } from '../status/Status'
import { duration } from '../time/duration'
import { Time } from '../time/Time'
import type { Stop } from './downtime'

export function useStopColumns(): ColumnDef<Stop>[] {
  const t = useT()
  const language = useLanguage()
  const reasons = useQuery(reasonsQuery).data
  return useMemo(
    () => [
      {
        id: 'station',
        header: t('machines.column.station'),
        meta: { width: '18%', sort: 'station' },
        cell: ({ row: { original: s } }) => (
          <>
            <b className="id">{s.station}</b>
            <small>{s.name}</small>
          </>
        ),
      },
      {
        id: 'from',
        header: t('machines.log.from'),
        meta: { width: '16%', sort: 'from' },
        cell: ({ row: { original: s } }) => (
          <>
            <Time value={s.from} />
            {s.shift && <small>{t('downtime.in_shift', { shift: s.shift })}</small>}
          </>
        ),
      },
      {
        id: 'state',
        header: t('machines.column.state'),
        meta: { width: '20%' },
        cell: ({ row: { original: s } }) => (
          <>
            <Status of="machine_state" state={s.state} />
            <small title={s.detail}>
              {s.micro ? t('machines.log.micro') : [s.alarm, s.detail].filter(Boolean).join(', ')}
            </small>
          </>
        ),
      },
      {
        id: 'seconds',
        header: t('machines.log.lasted'),
        meta: { width: '12%', sort: 'seconds' },
        cell: ({ row: { original: s } }) => (
          <>
            {duration(t, s.seconds * 1000)}
            {!s.until && <small>{t('machines.stop.lasts')}</small>}
          </>
        ),
      },
      {
        id: 'reason',
        header: t('machines.column.reason'),
        meta: { width: '22%' },
        cell: ({ row: { original: s } }) => (
          <>
            {s.reason ? reasonName(reasons ?? [], s.reason, language) : s.asks ? t('machines.asks') : '–'}
            {!s.reason && s.proposed && (
              <small>{t('downtime.proposed', { reason: reasonName(reasons ?? [], s.proposed, language) })}</small>
            )}
            {s.note && <small title={s.note}>{s.note}</small>}
          </>
        ),
      },
      {
        id: 'product',
        header: t('downtime.by.product'),
        meta: { width: '12%' },
        cell: ({ row }) => row.original.product || '–',
      },
    ],
    [t, language, reasons],
  )
}
