import { forDrawing } from './decimal'

interface Props {
  /** Decimal strings, one mark each. */
  values: string[]
  lower?: string | null
  upper?: string | null
  /** Out of limits: the mark is drawn in the colour of act-now; the words beside it say so too. */
  out?: boolean
  /** The value is too old to be believed: it leaves the scale, the trough is hatched. */
  stale?: boolean
  width?: number | string
  tall?: boolean
  label?: string
}

interface Scale {
  from: number
  to: number
}

/** The measuring range that is drawn: the limits take the middle half, and every value still fits. */
export function scaleOf(values: number[], lower?: number, upper?: number): Scale {
  const known = [...values, lower, upper].filter((n) => n !== undefined)
  if (known.length === 0) return { from: 0, to: 1 }
  let from: number, to: number
  if (lower !== undefined && upper !== undefined && upper > lower) {
    const margin = (upper - lower) / 2
    from = lower - margin
    to = upper + margin
  } else if (upper !== undefined) {
    from = Math.min(0, upper)
    to = Math.max(0, upper) * 1.5 || 1
  } else if (lower !== undefined) {
    from = lower > 0 ? lower / 2 : lower * 1.5
    to = lower > 0 ? lower * 1.5 : lower / 2
  } else {
    from = Math.min(...known)
    to = Math.max(...known)
  }
  // A value far inside an open side, or far outside, stretches the range and keeps some room to the edge.
  const least = Math.min(...values)
  const most = Math.max(...values)
  if (least < from) from = least - (to - least) * 0.1
  if (most > to) to = most + (most - from) * 0.15
  if (to === from) return { from: from - 1, to: to + 1 }
  return { from, to }
}

/** A value against its limits: trough = range, band = inside the limits, mark = the value. Text stands beside it. */
export function LimitBar({ values, lower, upper, out, stale, width = 150, tall, label }: Props) {
  const numbers = values.map(forDrawing).filter((n) => n !== undefined)
  const low = forDrawing(lower)
  const high = forDrawing(upper)
  const scale = scaleOf(numbers, low, high)
  const x = (n: number) => ((n - scale.from) / (scale.to - scale.from)) * 150
  const left = low === undefined ? 0 : x(low)
  const right = high === undefined ? 150 : x(high)
  const mark = numbers.length > 2 ? 1.5 : 3
  const colour = out ? 'var(--st-crit)' : 'var(--st-ink)'
  const height = tall ? 20 : 16
  if (stale)
    return <div className="stale" role="img" aria-label={label} style={{ width, height: 10, margin: '5px 0' }} />
  return (
    <svg
      width={width}
      height={height}
      viewBox="0 0 150 16"
      preserveAspectRatio="none"
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
    >
      <rect y="4" width="150" height="8" fill="var(--st-sunken)" />
      {(low !== undefined || high !== undefined) && (
        <rect x={left} y="4" width={Math.max(0, right - left)} height="8" fill="var(--st-fill-3)" />
      )}
      {numbers.map((n, i) => (
        <rect
          key={i}
          x={Math.min(150 - mark, Math.max(0, x(n) - mark / 2))}
          y={tall ? 0 : 1}
          width={mark}
          height={tall ? 16 : 14}
          fill={colour}
        />
      ))}
    </svg>
  )
}
