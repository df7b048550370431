import { useLanguage, useT, type Key, type Translate, type Values } from '../i18n/i18n'
import { duration } from '../time/duration'
import { useTimeText } from '../time/Time'
import { formatDecimal, isDecimal } from '../value/decimal'
import type { Reason } from './dispatch'
import classes from './dispatch.module.css'

/** The sentences of the catalogue. A reason that a newer server gives is shown in its own English. */
const sentences = {
  station_down: 'dispatch.reason.station_down',
  station_planned_down: 'dispatch.reason.station_planned_down',
  station_stopped: 'dispatch.reason.station_stopped',
  station_maintenance: 'dispatch.reason.station_maintenance',
  lot_hold: 'dispatch.reason.lot_hold',
  order_hold: 'dispatch.reason.order_hold',
  material_none: 'dispatch.reason.material_none',
  material_short: 'dispatch.reason.material_short',
  material_taken: 'dispatch.reason.material_taken',
  component_held: 'dispatch.reason.component_held',
  component_expired: 'dispatch.reason.component_expired',
  nobody_qualified: 'dispatch.reason.nobody_qualified',
  gauge_unfit: 'dispatch.reason.gauge_unfit',
  gauge_of_device: 'dispatch.reason.gauge_of_device',
  device_silent: 'dispatch.reason.device_silent',
  goes_to: 'dispatch.reason.goes_to',
  comes_from: 'dispatch.reason.comes_from',
  also_at: 'dispatch.reason.also_at',
  station_busy: 'dispatch.reason.station_busy',
  qualified_elsewhere: 'dispatch.reason.qualified_elsewhere',
  moved_top: 'dispatch.reason.moved_top',
  moved_before: 'dispatch.reason.moved_before',
  priority: 'dispatch.reason.priority',
  due: 'dispatch.reason.due',
  late: 'dispatch.reason.late',
  critical_ratio: 'dispatch.reason.critical_ratio',
  age: 'dispatch.reason.age',
  set_up: 'dispatch.reason.set_up',
} as const satisfies Record<string, Key>

const bars: Record<string, Key> = {
  station_down: 'dispatch.bar.station_down',
  station_planned_down: 'dispatch.bar.station_planned_down',
  station_stopped: 'dispatch.bar.station_stopped',
  station_maintenance: 'dispatch.bar.station_maintenance',
}

/** A reason as a sentence in the reader's language, with times in the site's zone. */
export function useReasonText() {
  const t = useT()
  const language = useLanguage()
  const time = useTimeText()
  return (reason: Reason): string => {
    const key = sentences[reason.code as keyof typeof sentences]
    if (!key) return reason.text
    const values: Values = { detail: '', hold: '', ...reason.values }
    if (reason.since) values.since = time(reason.since, 'inline', false)
    if (reason.values?.due) values.due = time(reason.values.due, 'inline')
    if (reason.values?.seconds) values.time = duration(t, Number(reason.values.seconds) * 1000)
    if (reason.values?.why) values.why = barText(t, reason.values.why)
    for (const name of ['free', 'need', 'ratio'])
      if (reason.values?.[name] && isDecimal(reason.values[name]))
        values[name] = formatDecimal(reason.values[name], language)
    return t(key, values)
  }
}

const barText = (t: Translate, code: string) => (bars[code] ? t(bars[code]) : code)

/** All reasons of a job: what keeps it from starting stands out, what explains its place is quiet. */
export function Reasons({ reasons, most }: { reasons: Reason[]; most?: number }) {
  const text = useReasonText()
  return (
    <ul className={classes.reasons}>
      {reasons.slice(0, most ?? reasons.length).map((reason, index) => (
        <li key={`${reason.code}-${index}`} data-effect={reason.effect}>
          {text(reason)}
        </li>
      ))}
    </ul>
  )
}
