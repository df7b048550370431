import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'

export type CostReport = Schemas['CostReport']
export type CostRow = Schemas['CostRow']
export type CostBy = CostReport['by']

export const groups: CostBy[] = ['code', 'product', 'month']

/** What the address bar holds of the report. */
export interface CostSearch {
  by?: CostBy
  from?: string
  to?: string
}

const day = (value: unknown) => (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined)

export function readCostSearch(search: Record<string, unknown>): CostSearch {
  const out: CostSearch = {
    by: groups.find((g) => g === search.by && g !== 'code'),
    from: day(search.from),
    to: day(search.to),
  }
  for (const key of Object.keys(out) as (keyof CostSearch)[]) if (out[key] === undefined) delete out[key]
  return out
}

export const costQuery = (search: CostSearch) =>
  queryOptions({
    queryKey: ['nonconformances', ['cost', search.by, search.from, search.to]],
    queryFn: () => answer(api.GET('/api/v1/quality-cost', { params: { query: { by: 'code', ...search } } })),
  })

/** A Pareto's bars: each group's share of the dearest, and what it makes together with those before it, in percent. */
export function pareto(rows: CostRow[]): { row: CostRow; width: number; together: number }[] {
  // For drawing only; the table beside it has the exact numbers.
  const amounts = rows.map((row) => Math.max(Number(row.total), 0))
  const most = Math.max(...amounts, 0)
  const sum = amounts.reduce((a, b) => a + b, 0)
  let soFar = 0
  return rows
    .map((row, i) => {
      soFar += amounts[i]!
      return { row, width: most > 0 ? (100 * amounts[i]!) / most : 0, together: sum > 0 ? (100 * soFar) / sum : 0 }
    })
    .filter((bar) => bar.width > 0)
}
