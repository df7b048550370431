import { useT } from '../i18n/i18n'
import { clockMinutes, clockSeconds, dayAndClock, plainDate, zoneName } from './format'
import { useNow } from './now'
import { useZone } from './site'

type Form = 'day' | 'inline' | 'clock' | 'seconds' | 'full' | 'date'

interface Props {
  value: string | null | undefined
  /** day: Today 16:00 · inline: the same within a sentence · clock: 11:42 · seconds: 11:42:18 · full: 24 Nov 2026, 11:42:18 · date: 24 Nov 2026 */
  form?: Form
  /** Off only where the heading of the column or the sentence names the zone already. */
  zone?: boolean
}

/** A moment in the site's zone. The exact one in UTC is in its dateTime attribute and its title. */
export function Time({ value, form = 'day', zone = true }: Props) {
  const text = useTimeText()
  if (!value) return <>–</>
  return (
    <time dateTime={value} title={value} className="nowrap">
      {text(value, form, zone)}
    </time>
  )
}

/** The same as text, for sentences, labels and titles. */
export function useTimeText() {
  const at = useZone()
  const now = useNow()
  const t = useT()
  return (value: string, form: Form = 'day', zone = true): string => {
    const time = new Date(value)
    if (Number.isNaN(time.getTime())) return value
    const tail = zone && form !== 'date' ? ` ${zoneName(at, time)}` : ''
    switch (form) {
      case 'clock':
        return clockMinutes(at, time) + tail
      case 'seconds':
        return clockSeconds(at, time) + tail
      case 'full':
        return `${plainDate(at, time)}, ${clockSeconds(at, time)}${tail}`
      case 'date':
        return plainDate(at, time)
      case 'day':
        return dayAndClock(at, time, new Date(now), t('time.today')) + tail
      case 'inline':
        return dayAndClock(at, time, new Date(now), t('time.today_inline')) + tail
    }
  }
}
