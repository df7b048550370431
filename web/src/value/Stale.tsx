import type { ReactNode } from 'react'
import classes from './Stale.module.css'

/** Marks what is too old to be believed: hatch, dashed edge and, in words, its age. */
export function Stale({ since, children }: { since?: string; children: ReactNode }) {
  if (!since) return <>{children}</>
  return (
    <div className={`${classes.stale} stale`}>
      <span className="label">{since}</span>
      {children}
    </div>
  )
}
