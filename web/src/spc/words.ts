import { useT, useLanguage } from '../i18n/i18n'
import { useTimeText } from '../time/Time'
import { formatDecimal } from '../value/decimal'
import type { ControlWords } from './controlOption'
import { kindKey, statistic, type Chart, type ChartAlarm, type Point } from './spc'

type Rule = 'WE1' | 'WE2' | 'WE3' | 'WE4' | 'N1' | 'N2' | 'N3' | 'N4' | 'N5' | 'N6' | 'N7' | 'N8' | 'LIMIT'

/** What a rule says, in the reader's language. */
export function useRuleText() {
  const t = useT()
  return (rule: string) => t(`spc.rule.${rule as Rule}`)
}

/** What an alarm is about: its rule, on which side, from which point. */
export function useAlarmText() {
  const t = useT()
  const rule = useRuleText()
  return (alarm: ChartAlarm) => {
    const side = alarm.side === 'above' || alarm.side === 'below' ? `, ${t(`spc.side.${alarm.side}`)}` : ''
    const what = alarm.plot === 'second' ? t('spc.second_plot') : rule(alarm.rule)
    return `${what}${side}`
  }
}

/** What a chart watches, in one line. */
export function watched(chart: Chart) {
  if (chart.plan) return [chart.plan, chart.characteristic, chart.station].filter(Boolean).join(' · ')
  const { product, operation = '', step = '', characteristic, station } = chart
  const at = step.startsWith(operation) ? step : `${operation}/${step}`
  return [product, at, characteristic, station].filter(Boolean).join(' · ')
}

const seconds: Record<string, 'range' | 'deviation' | 'moving' | 'lower_sum'> = {
  xbar_r: 'range',
  xbar_s: 'deviation',
  i_mr: 'moving',
  cusum: 'lower_sum',
}
const mains: Record<string, 'mean' | 'single' | 'fraction' | 'number' | 'defects' | 'rate' | 'smooth' | 'upper_sum'> = {
  xbar_r: 'mean',
  xbar_s: 'mean',
  i_mr: 'single',
  p: 'fraction',
  np: 'number',
  c: 'defects',
  u: 'rate',
  ewma: 'smooth',
  cusum: 'upper_sum',
}

export const secondOf = (kind: string) => seconds[kind] ?? 'range'
export const mainOf = (kind: string) => mains[kind] ?? 'mean'

/** The words of a control chart's picture. */
export function useControlWords(kind: string, unit: string | undefined, digits: number): ControlWords {
  const t = useT()
  const language = useLanguage()
  const time = useTimeText()
  const number = (value: number) => statistic(value, digits, language)
  const withUnit = (text: string) => (unit ? `${text}, ${unit}` : text)
  const tooltip = (point: Point) =>
    [
      `<b>${t('spc.point', { n: point.seq })}</b> ${time(point.at, 'full')}`,
      `${t(`spc.plot.${mainOf(kind)}`)} <b>${number(point.plot)}</b>${point.upper === null ? '' : ` (${number(point.lower ?? 0)} – ${number(point.upper)})`}`,
      point.second === null ? '' : `${t(`spc.plot.${secondOf(kind)}`)} ${number(point.second)}`,
      point.values.length > 1 ? point.values.map((value) => formatDecimal(value, language)).join(' · ') : '',
      point.n > 1 && point.values.length === 0 ? t('spc.inspected', { n: point.n }) : '',
      escape(point.lots.slice(0, 5).join(', ')),
      ...point.rules.map((rule) => `${rule}: ${t(`spc.rule.${rule as Rule}`)}`),
      point.excluded ? t('spc.excluded_because', { reason: escape(point.excluded) }) : '',
    ]
      .filter(Boolean)
      .join('<br>')
  return {
    upper: t('spc.ucl'),
    lower: t('spc.lcl'),
    centre: t('spc.cl'),
    main: withUnit(t(`spc.plot.${mainOf(kind)}`)),
    second: withUnit(t(`spc.plot.${secondOf(kind)}`)),
    limits: (version) => t('spc.limits_version', { version }),
    tooltip,
    number,
  }
}

/** What people typed may stand in a tooltip, which is HTML. */
const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

export function useKindText() {
  const t = useT()
  return (kind: string) => t(kindKey(kind))
}
