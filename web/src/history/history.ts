import { infiniteQueryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'

/** One line of an order's story. */
export type HistoryRow = Schemas['TimelineRow']
export type HistoryRun = Schemas['HistoryRun']

/** The story page by page, oldest first; with a lot, it is the story of that lot alone. */
export const historyQuery = (number: string, lot: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['history', number, lot],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/api/v1/work-orders/{number}/history', {
          params: { path: { number }, query: { lot, limit: 500, cursor: pageParam || undefined } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
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
