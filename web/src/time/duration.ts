import type { Translate } from '../i18n/i18n'

/** "39 min", "2 h 5 min", "3 d 4 h": a duration names its units. Seconds only under a minute. */
export function duration(t: Translate, milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  if (seconds < 60) return t('time.seconds', { n: seconds })
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return t('time.minutes', { n: minutes })
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return t('time.hours', { h: hours, m: minutes % 60 })
  return t('time.days', { d: Math.floor(hours / 24), h: hours % 24 })
}

/** "2:12": minutes and seconds of a running clock. */
export function stopwatch(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
