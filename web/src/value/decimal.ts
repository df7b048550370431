import { localeOf, type Language } from '../i18n/i18n'

/**
 * Quantities are exact decimals from end to end: the server sends strings, the screen shows the same digits, a form
 * sends strings back. Nothing here goes through a binary float, except `forDrawing`, which only places pixels.
 */
const pattern = /^([+-]?)(\d+)(?:\.(\d+))?$/

export const isDecimal = (text: string) => pattern.test(text)

const marks = new Map<Language, { group: string; point: string }>()

function marksOf(language: Language) {
  let found = marks.get(language)
  if (!found) {
    const parts = new Intl.NumberFormat(localeOf(language)).formatToParts(12345.6)
    const of = (type: string, fallback: string) => parts.find((p) => p.type === type)?.value ?? fallback
    found = { group: of('group', ','), point: of('decimal', '.') }
    marks.set(language, found)
  }
  return found
}

/** Writes a decimal for reading: 1,240 or 1.240, every digit kept. What is no decimal is shown as it came. */
export function formatDecimal(text: string, language: Language): string {
  const m = pattern.exec(text)
  if (!m) return text
  const { group, point } = marksOf(language)
  const whole = m[2]!.replace(/\B(?=(\d{3})+$)/g, group)
  const sign = m[1] === '-' ? '−' : ''
  return m[3] === undefined ? sign + whole : `${sign}${whole}${point}${m[3]}`
}

/**
 * Reads what a person typed into the exact string that the server takes, or null. Both point and comma are taken as the
 * decimal mark; grouped digits are refused, since 1,240 means two things in two languages.
 */
export function readDecimal(typed: string): string | null {
  const text = typed.trim().replace('−', '-').replace(',', '.')
  if (!isDecimal(text)) return null
  const m = pattern.exec(text)!
  const whole = m[2]!.replace(/^0+(?=\d)/, '')
  return `${m[1] === '-' ? '-' : ''}${whole}${m[3] === undefined ? '' : `.${m[3]}`}`
}

/** a minus b, exactly. */
export function subtract(a: string, b: string): string {
  return sum([a, negate(b)])
}

const negate = (text: string) => (text.startsWith('-') ? text.slice(1) : `-${text.replace(/^\+/, '')}`)

/** The exact sum of decimals; what is no decimal counts as nothing. */
export function sum(values: string[]): string {
  const parts = values.map((v) => pattern.exec(v)).filter((m) => m !== null)
  const digits = Math.max(0, ...parts.map((m) => m[3]?.length ?? 0))
  const total = parts.reduce((acc, m) => {
    const scaled = BigInt(m[2]! + (m[3] ?? '').padEnd(digits, '0'))
    return m[1] === '-' ? acc - scaled : acc + scaled
  }, 0n)
  const sign = total < 0n ? '-' : ''
  const text = (total < 0n ? -total : total).toString().padStart(digits + 1, '0')
  const fraction = digits === 0 ? '' : text.slice(-digits).replace(/0+$/, '')
  return sign + text.slice(0, text.length - digits) + (fraction ? `.${fraction}` : '')
}

/** a times b, exactly; what is no decimal counts as nothing. */
export function multiply(a: string, b: string): string {
  const parts = [pattern.exec(a), pattern.exec(b)]
  if (parts.some((m) => m === null)) return '0'
  const digits = parts.reduce((n, m) => n + (m![3]?.length ?? 0), 0)
  const product = parts.reduce((acc, m) => {
    const scaled = BigInt(m![2]! + (m![3] ?? ''))
    return acc * (m![1] === '-' ? -scaled : scaled)
  }, 1n)
  const sign = product < 0n ? '-' : ''
  const text = (product < 0n ? -product : product).toString().padStart(digits + 1, '0')
  return sum([`${sign}${text.slice(0, text.length - digits)}${digits > 0 ? `.${text.slice(-digits)}` : ''}`])
}

/** Less than, equal, greater: -1, 0, 1, compared exactly. */
export function compareDecimal(a: string, b: string): number {
  const difference = subtract(a, b)
  if (/^-?0+(\.0*)?$/.test(difference)) return 0
  return difference.startsWith('-') ? -1 : 1
}

/** A float for placing a mark on a scale. Never shown, never sent. */
export function forDrawing(text: string | undefined | null): number | undefined {
  return text === undefined || text === null || !isDecimal(text) ? undefined : Number(text)
}
