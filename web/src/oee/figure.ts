import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import { localeOf, type Language } from '../i18n/i18n'

export type Report = Schemas['FigureReport']
export type Ratio = Schemas['Ratio']
export type Loss = Schemas['Loss']
export type Step = Schemas['WaterfallStep']
export type StationTimes = Schemas['StationTimes']
export type Piece = Schemas['StatePiece']
export type LossEvent = Schemas['LossEvent']
export type Category = Piece['category']
export type LossKind = Loss['kind']

/** What the address bar holds: equipment, window, product, and the loss whose events are open. */
export interface OeeSearch {
  equipment?: string
  shift?: string
  day?: string
  from?: string
  until?: string
  product?: string
  order?: string
  loss?: string
  reason?: string
  /** The station and the entry of its log that was picked in the picture of states. */
  station?: string
  stretch?: number
}

const text = (value: unknown) =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined
const moment = (value: unknown) =>
  typeof value === 'string' && !Number.isNaN(new Date(value).getTime()) ? value : undefined

export function readOeeSearch(search: Record<string, unknown>): OeeSearch {
  const day = text(search.day)
  const dated = day && /^\d{4}-\d{2}-\d{2}$/.test(day) && text(search.shift)
  const out: OeeSearch = {
    equipment: text(search.equipment),
    shift: dated ? text(search.shift) : undefined,
    day: dated ? day : undefined,
    from: dated ? undefined : moment(search.from),
    until: dated || !moment(search.from) ? undefined : moment(search.until),
    product: text(search.product),
    order: text(search.order),
    loss: text(search.loss),
    reason: text(search.reason),
    station: text(search.station),
    stretch: Number.isSafeInteger(Number(search.stretch)) && search.stretch ? Number(search.stretch) : undefined,
  }
  for (const key of Object.keys(out) as (keyof OeeSearch)[]) if (out[key] === undefined) delete out[key]
  return out
}

/** The part of the address that names a window, as the API takes it. */
export const windowOf = (search: OeeSearch, equipment: string) => ({
  equipment,
  shift: search.shift,
  day: search.day,
  from: search.from,
  until: search.until,
  product: search.product,
  order: search.order,
})

export const reportQuery = (search: OeeSearch, equipment: string) =>
  queryOptions({
    queryKey: ['oee', 'report', { ...windowOf(search, equipment) }],
    queryFn: () => answer(api.GET('/api/v1/oee', { params: { query: windowOf(search, equipment) } })),
    // A window that lasts moves with the clock; one that is over changes with an event only.
    refetchInterval: (query) => (query.state.data?.live || !query.state.data ? 15_000 : false),
    placeholderData: (before) => before,
  })

export const eventsQuery = (search: OeeSearch, equipment: string) =>
  queryOptions({
    queryKey: ['oee', 'events', { ...windowOf(search, equipment), loss: search.loss, reason: search.reason }],
    queryFn: () =>
      answer(
        api.GET('/api/v1/oee/losses/{kind}/events', {
          params: {
            path: { kind: search.loss as LossKind },
            query: { ...windowOf(search, equipment), reason: search.reason },
          },
        }),
      ).then((page) => page.items ?? []),
    enabled: Boolean(search.loss),
  })

const formats = new Map<string, Intl.NumberFormat>()

function format(language: Language, digits: number) {
  const key = `${language}|${digits}`
  let found = formats.get(key)
  if (!found) {
    found = new Intl.NumberFormat(localeOf(language), { minimumFractionDigits: digits, maximumFractionDigits: digits })
    formats.set(key, found)
  }
  return found
}

/** Rounded for reading only: 0.784 is 78.4. A minus is a true minus. */
export const rounded = (value: number, language: Language, digits = 1) =>
  format(language, digits)
    .format(Object.is(Math.round(value * 10 ** digits), -0) ? 0 : value)
    .replace('-', '−')

/** 78.4 %, or undefined where the figure is not defined. */
export const percent = (ratio: Ratio, language: Language) =>
  ratio.value === null || ratio.value === undefined ? undefined : `${rounded(Number(ratio.value) * 100, language)} %`

/** Seconds as minutes with one digit. */
export const minutes = (seconds: string | number, language: Language) => rounded(Number(seconds) / 60, language)

/** The numerator or denominator of a ratio in what people read it in: minutes for times. */
export const shown = (value: string, unit: Ratio['unit'], language: Language) =>
  unit === 's' ? minutes(value, language) : rounded(Number(value), language, unit === 'units' ? 0 : 1)

export const secondsOf = (report: Report, category: Category) =>
  Number(report.times?.find((time) => time.category === category)?.seconds ?? 0)

/** Where the waterfall's axis begins: at zero, or so that its losses can be seen when they are small. */
export function axisFrom(steps: Step[]): number {
  const levels = steps.filter((step) => step.total && step.seconds != null).map((step) => Number(step.seconds) / 60)
  const top = Math.max(...levels, 0)
  const low = Math.min(...levels)
  if (levels.length === 0 || low <= top * 0.4) return 0
  return Math.max(0, Math.floor((low - (top - low) * 0.2) / 10) * 10)
}

/** Each loss's share of all, and what it makes with those before it, in percent. Gains count for nothing. */
export function cumulated(losses: Loss[]): { loss: Loss; width: number; together: number }[] {
  const values = losses.map((loss) => Math.max(0, Number(loss.seconds)))
  const all = values.reduce((a, b) => a + b, 0)
  const most = Math.max(...values, 0)
  let soFar = 0
  return losses.map((loss, i) => {
    soFar += values[i]!
    return { loss, width: most ? (100 * values[i]!) / most : 0, together: all ? (100 * soFar) / all : 0 }
  })
}
