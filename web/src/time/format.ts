import { localeOf, type Language } from '../i18n/i18n'

/** Times are shown in the site's zone, with the zone's name, whatever the browser's own zone is. */
export interface Zone {
  language: Language
  /** IANA name, such as Europe/Berlin. */
  zone: string
}

const cache = new Map<string, Intl.DateTimeFormat>()

function formatter(at: Zone, name: string, options: Intl.DateTimeFormatOptions) {
  const key = `${at.language}|${at.zone}|${name}`
  let found = cache.get(key)
  if (!found) {
    found = new Intl.DateTimeFormat(localeOf(at.language), { ...options, timeZone: at.zone, hourCycle: 'h23' })
    cache.set(key, found)
  }
  return found
}

const part = (parts: Intl.DateTimeFormatPart[], type: string) => parts.find((p) => p.type === type)?.value ?? ''

/** 11:42 */
export const clockMinutes = (at: Zone, time: Date) =>
  formatter(at, 'hm', { hour: '2-digit', minute: '2-digit' }).format(time)

/** 11:42:18 */
export const clockSeconds = (at: Zone, time: Date) =>
  formatter(at, 'hms', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(time)

/** CET, CEST, MEZ … at that moment, so that the hour of the change of clocks is told apart. */
export const zoneName = (at: Zone, time: Date) =>
  part(formatter(at, 'zone', { timeZoneName: 'short', hour: '2-digit' }).formatToParts(time), 'timeZoneName')

/** 2026-11-24 in the zone: for comparing days, never for reading. */
export const dayKey = (at: Zone, time: Date) => {
  const parts = formatter({ ...at, language: 'en' }, 'key', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(time)
  return `${part(parts, 'year')}-${part(parts, 'month')}-${part(parts, 'day')}`
}

/** Tue 24 Nov 2026 (German: Di., 24. Nov. 2026) */
export function longDate(at: Zone, time: Date) {
  const text = formatter(at, 'long', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }).format(time)
  return at.language === 'en' ? text.replaceAll(',', '') : text
}

/** Wed 25 Nov; with the year when it is not this one. */
export function shortDate(at: Zone, time: Date, now: Date) {
  const sameYear = dayKey(at, time).slice(0, 4) === dayKey(at, now).slice(0, 4)
  if (!sameYear) return longDate(at, time)
  const text = formatter(at, 'short', { weekday: 'short', day: 'numeric', month: 'short' }).format(time)
  return at.language === 'en' ? text.replaceAll(',', '') : text
}

/** 24 Nov 2026 */
export const plainDate = (at: Zone, time: Date) =>
  formatter(at, 'plain', { day: 'numeric', month: 'short', year: 'numeric' }).format(time)

/** "Today 16:00" or "Wed 25 Nov 12:00": the caller says the word for today and adds the zone. */
export function dayAndClock(at: Zone, time: Date, now: Date, today: string) {
  const day = dayKey(at, time) === dayKey(at, now) ? today : shortDate(at, time, now)
  return `${day} ${clockMinutes(at, time)}`
}

/** What <input type="datetime-local"> shows for a moment, in the site's zone. */
export function toFieldValue(at: Zone, time: Date) {
  return `${dayKey(at, time)}T${clockMinutes({ ...at, language: 'en' }, time)}`
}

/**
 * The moment that a field's wall-clock text means in the site's zone. In the hour that does not exist in spring the
 * clock is read as if it had not been changed; in the double hour of autumn the first one is meant.
 */
export function fromFieldValue(at: Zone, text: string): Date {
  const wall = new Date(`${text.length === 10 ? `${text}T00:00` : text}Z`)
  const offset = (guess: Date) => new Date(`${toFieldValue(at, guess)}Z`).getTime() - truncate(guess)
  const before = offset(new Date(wall.getTime() - 86_400_000))
  const first = new Date(wall.getTime() - before)
  if (offset(first) === before) return first
  const second = new Date(wall.getTime() - offset(first))
  return toFieldValue(at, second) === text.slice(0, 16) ? second : first
}

const truncate = (time: Date) => Math.floor(time.getTime() / 60_000) * 60_000
