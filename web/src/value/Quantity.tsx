import { useLanguage } from '../i18n/i18n'
import { formatDecimal } from './decimal'

interface Props {
  value: string | null | undefined
  unit?: string | null
  strong?: boolean
}

/** An exact decimal with its unit, in the reader's way of writing numbers. */
export function Quantity({ value, unit, strong }: Props) {
  const language = useLanguage()
  if (value === null || value === undefined) return <>–</>
  const text = formatDecimal(value, language)
  return (
    <span className="nowrap">
      {strong ? <b>{text}</b> : text}
      {unit ? ` ${unit}` : ''}
    </span>
  )
}

/** "2.25 – 2.75", "≥ 0.85", "≤ 1.00": limits as one reads them. */
export function useLimits() {
  const language = useLanguage()
  return (lower?: string | null, upper?: string | null) => {
    const low = lower == null ? undefined : formatDecimal(lower, language)
    const high = upper == null ? undefined : formatDecimal(upper, language)
    if (low !== undefined && high !== undefined) return `${low} – ${high}`
    if (low !== undefined) return `≥ ${low}`
    if (high !== undefined) return `≤ ${high}`
    return ''
  }
}

/** An ID with its last four digits in bold, since people read only those aloud. */
export function Id({ children }: { children: string }) {
  const m = /^(.*?)(\d{4})$/.exec(children)
  return (
    <span className="id">
      {m && m[1]!.length >= 4 ? (
        <>
          {m[1]}
          <b>{m[2]}</b>
        </>
      ) : (
        children
      )}
    </span>
  )
}
