import { IconArrowUp, IconCheck, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './StepThread.module.css'

export type StepState = 'done' | 'unsent' | 'now' | 'ahead' | 'stopped'

export interface ThreadStep {
  id: string
  title: string
  note?: ReactNode
  state: StepState
}

interface Props {
  steps: ThreadStep[]
  label: string
  /** Steps that are left out before the first one shown. */
  start?: number
}

/** The steps of one operation, from top to bottom. A dashed node is entered here and not yet answered by the server. */
export function StepThread({ steps, label, start = 0 }: Props) {
  return (
    <ol className={classes.steps} aria-label={label}>
      {steps.map((step, i) => (
        <li key={step.id} data-state={step.state} aria-current={step.state === 'now' ? 'step' : undefined}>
          <span className={classes.dot}>
            <Dot state={step.state} number={start + i + 1} />
          </span>
          <div>
            <b>{step.title}</b>
            {step.note && <span>{step.note}</span>}
          </div>
        </li>
      ))}
    </ol>
  )
}

function Dot({ state, number }: { state: StepState; number: number }) {
  if (state === 'done') return <IconCheck className="icon" aria-hidden />
  if (state === 'unsent') return <IconArrowUp className="icon" aria-hidden />
  if (state === 'stopped') return <IconX className="icon" aria-hidden />
  return <>{number}</>
}
