import { queryOptions } from '@tanstack/react-query'
import { read } from '../api/http'
import { orderPath } from '../orders/queries'

/** One line of an order's story. */
export interface HistoryRow {
  at: string
  /** audit, lot, step, vision, outbox, or workflow. */
  source: string
  kind: string
  actor?: string
  lot?: string
  operation?: string
  visit?: number
  step?: string
  station?: string
  device?: string
  result?: string
  text?: string
  wait_kind?: string
  wait_on?: string
  reason?: string
  seconds?: number
}

export const historyQuery = (number: string) =>
  queryOptions({
    queryKey: ['history', number],
    queryFn: () =>
      read<{ items?: HistoryRow[] | null; rows?: HistoryRow[] | null } | HistoryRow[]>(
        `${orderPath(number)}/history`,
      ).then((body) => (Array.isArray(body) ? body : (body.items ?? body.rows ?? []))),
  })

export interface HistoryFilter {
  q?: string
  lot?: string
  source?: string
}

/** Rows that fit a lot, a source and a text; the text looks at everything that is shown. */
export function filterRows(rows: HistoryRow[], { q, lot, source }: HistoryFilter): HistoryRow[] {
  const needle = q?.toLowerCase()
  return rows.filter(
    (row) =>
      (!lot || row.lot === lot) &&
      (!source || row.source === source) &&
      (!needle || Object.values(row).some((value) => String(value).toLowerCase().includes(needle))),
  )
}

/** Rows by their day, so that a date stands once above its times. */
export function byDay(rows: HistoryRow[], dayOf: (row: HistoryRow) => string): [string, HistoryRow[]][] {
  const days = new Map<string, HistoryRow[]>()
  for (const row of rows) days.set(dayOf(row), [...(days.get(dayOf(row)) ?? []), row])
  return [...days]
}
