import type { ReactNode } from 'react'
import { useT } from '../i18n/i18n'
import classes from './Status.module.css'
import { wordFor, type Family, type Tone } from './vocabulary'

interface Props {
  of: Family
  state: string
  /** Replaces the word when the state carries more: "On hold, H-0031". */
  children?: ReactNode
  /** plain is icon and word in a line; tag has an edge; solid is filled, for what must be seen first. */
  variant?: 'plain' | 'tag' | 'solid'
  /** Another urgency than the table's, such as a review that is overdue. */
  tone?: Tone
  size?: 'body' | 'label'
}

/** A state, always as icon + word, the same everywhere. */
export function Status({ of, state, children, variant = 'plain', tone, size }: Props) {
  const t = useT()
  const word = wordFor(of, state)
  const Icon = word.icon
  const hue = tone ?? word.tone
  return (
    <span className={classes.status} data-variant={variant} data-tone={hue} data-size={size} data-state={state}>
      <Icon className="icon" aria-hidden />
      <span>{children ?? t(word.key, { state: word.raw })}</span>
    </span>
  )
}

interface NoteProps {
  tone: Tone
  icon: React.ComponentType<{ className?: string; 'aria-hidden'?: boolean }>
  children: ReactNode
  size?: 'body' | 'label'
  variant?: 'plain' | 'tag' | 'solid'
}

/** A remark in the look of a state: icon + words in one of the tones. */
export function Note({ tone, icon: Icon, children, size = 'label', variant = 'plain' }: NoteProps) {
  return (
    <span className={classes.status} data-variant={variant} data-tone={tone} data-size={size}>
      <Icon className="icon" aria-hidden />
      <span title={typeof children === 'string' ? children : undefined}>{children}</span>
    </span>
  )
}
