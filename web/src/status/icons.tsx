import type { ComponentType } from 'react'

export interface IconProps {
  className?: string
  'aria-hidden'?: boolean
}
export type Icon = ComponentType<IconProps>

const frame = {
  viewBox: '0 0 24 24',
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 2,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const

/** An octagon with a cross: unplanned down. Tabler has no such icon. */
export function IconDown(props: IconProps) {
  return (
    <svg {...frame} {...props}>
      <path d="M8 3h8l5 5v8l-5 5H8l-5-5V8z" />
      <path d="M9 9l6 6M15 9l-6 6" />
    </svg>
  )
}

/** A question in a dashed ring: not known. The dash carries the meaning without colour. */
export function IconUnknown(props: IconProps) {
  return (
    <svg {...frame} {...props}>
      <circle cx="12" cy="12" r="9" strokeDasharray="3.2 3" />
      <path d="M9.6 9.5a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.9-1.2 1.9M12 16.8v.1" />
    </svg>
  )
}

/** A dashed arrow away from a bar: nothing comes in. */
export function IconStarved(props: IconProps) {
  return (
    <svg {...frame} {...props}>
      <path d="M5 4v16" strokeWidth="3" />
      <path d="M10 12h11" strokeDasharray="3 3" />
    </svg>
  )
}

/** The mark of the product: a thread through an eye. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true" className={className}>
      <path
        d="M2 16h4.500c5 0 4-10 9-10H20"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
      <circle cx="11" cy="11" r="3.3" fill="var(--st-surface)" stroke="currentColor" strokeWidth="2.2" />
    </svg>
  )
}

/** A bar code in a viewfinder: the place where a scan lands. */
export function IconScan(props: IconProps) {
  return (
    <svg {...frame} {...props}>
      <path d="M3 8V5a1 1 0 0 1 1-1h3M17 4h3a1 1 0 0 1 1 1v3M21 16v3a1 1 0 0 1-1 1h-3M7 20H4a1 1 0 0 1-1-1v-3" />
      <path d="M7.500 8.500v7M11 8.500v7M13.500 8.500v7M16.500 8.500v7" />
    </svg>
  )
}
