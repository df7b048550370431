import { useLanguage, useT } from '../i18n/i18n'
import { ageOf, staleAfter } from '../health/LiveValues'
import { useLive } from '../live/LiveProvider'
import { liveOf, type Characteristic, type LiveValue, type Step } from '../plant/plant'
import { duration } from '../time/duration'
import { useNowSeconds } from '../time/now'
import { formatDecimal, isDecimal } from '../value/decimal'
import { LimitBar } from '../value/LimitBar'
import type { Job } from './job'
import classes from './terminal.module.css'

/** The live values of the step's machine, against the step's limits. Too old: pale, hatched, with the age. */
export function LivePanel({ job, step }: { job: Job; step: Step }) {
  const now = useNowSeconds()
  const { live } = useLive()
  const device = (job.devices ?? []).find((d) => d.id === step.device)
  if (!device) return null
  const numbers = liveOf(device).filter((value) => isDecimal(String(value.value)))
  const matched = numbers.filter((value) => limitsFor(step, value))
  const shown = (matched.length > 0 ? matched : numbers).slice(0, 2)
  if (shown.length === 0) return null
  const age = ageOf(device, now)
  const stale = !live || device.state !== 'connected' || age === undefined || age > staleAfter
  return (
    <div className={classes.live}>
      {shown.map((value) => (
        <Live
          key={value.name}
          value={value}
          limits={limitsFor(step, value)}
          stale={stale || badQuality(value) ? age : undefined}
          unknown={device.state !== 'connected' || badQuality(value)}
        />
      ))}
    </div>
  )
}

const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')

/** The characteristic that a live value shows: by its ID or its name, however it is spelt. */
const limitsFor = (step: Step, value: LiveValue): Characteristic | undefined =>
  (step.characteristics ?? []).find((c) => plain(c.id) === plain(value.name) || plain(c.name) === plain(value.name))

const badQuality = (value: LiveValue) => value.quality !== undefined && !/^(good|ok|)$/i.test(value.quality)

interface Props {
  value: LiveValue
  limits?: Characteristic
  /** The age in ms when the value is too old to be believed. */
  stale?: number
  unknown: boolean
}

function Live({ value, limits, stale, unknown }: Props) {
  const t = useT()
  const language = useLanguage()
  const isStale = stale !== undefined || unknown
  const text = formatDecimal(String(value.value), language)
  const name = limits?.name ?? value.name
  const note = isStale
    ? stale === undefined
      ? t('terminal.live_unknown')
      : t('health.old', { time: duration(t, stale) })
    : t('terminal.live')
  const unit = value.unit ?? limits?.unit ?? ''
  return (
    <div data-stale={isStale || undefined}>
      <span className="label">
        {name}, {note}
      </span>
      <b className={classes.liveValue}>
        {text}
        <small> {unit}</small>
      </b>
      {limits && (
        <>
          <LimitBar
            values={[String(value.value)]}
            lower={limits.lower}
            upper={limits.upper}
            stale={isStale}
            width="100%"
            tall
            label={t('terminal.live_label', {
              name,
              value: text,
              unit,
              lower: limits.lower ?? '–',
              upper: limits.upper ?? '–',
            })}
          />
          <span className={classes.liveLimits} aria-hidden>
            <span>{limits.lower && formatDecimal(limits.lower, language)}</span>
            <span>{limits.upper && formatDecimal(limits.upper, language)}</span>
          </span>
        </>
      )}
    </div>
  )
}
