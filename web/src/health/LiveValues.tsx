import { useLanguage, useT } from '../i18n/i18n'
import { liveOf, type Device } from '../plant/plant'
import { duration } from '../time/duration'
import { useNow } from '../time/now'
import { formatDecimal } from '../value/decimal'
import { Stale } from '../value/Stale'

/** Older than this, a live value is only a memory. */
export const staleAfter = 10_000

/** How old the last word of a device is, in ms; undefined when there was none. */
export const ageOf = (device: Device, now: number) =>
  device.reported_at ? Math.max(0, now - new Date(device.reported_at).getTime()) : undefined

/** What a device last said. Too old, it is hatched and carries its age. */
export function LiveValues({ device }: { device: Device }) {
  const t = useT()
  const language = useLanguage()
  const age = ageOf(device, useNow())
  const live = liveOf(device)
  if (live.length === 0) return null
  const stale = device.state !== 'connected' || age === undefined || age > staleAfter + 10_000
  return (
    <Stale since={stale ? t('health.old', { time: age === undefined ? '?' : duration(t, age) }) : undefined}>
      {live
        .slice(0, 4)
        .map(
          (value) =>
            `${value.name} ${formatDecimal(String(value.value), language)}${value.unit ? ` ${value.unit}` : ''}`,
        )
        .join(' · ')}
    </Stale>
  )
}
