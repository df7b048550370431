import { IconArrowUp } from '@tabler/icons-react'
import { useT, type Translate } from '../i18n/i18n'
import type { LotCard } from '../stations/station'
import { StepThread } from '../thread/StepThread'
import { useTimeText } from '../time/Time'
import classes from './terminal.module.css'
import { wasPlain, windowOf, type StepView, type View } from './view'

const room = 6

/** The steps of the operation, and which unit comes next. */
export function Steps({ view, next, onQueue }: { view: View; next?: LotCard; onQueue: () => void }) {
  const t = useT()
  const text = useTimeText()
  const { shown, before, after, first } = windowOf(view.steps, room)
  return (
    <nav className={classes.steps} aria-label={t('terminal.steps')}>
      {before > 0 && <p className="label">{t('terminal.steps_before', { count: before })}</p>}
      <StepThread
        label={t('terminal.steps')}
        start={first}
        steps={shown.map((step) => ({
          id: step.step.id,
          title: step.step.name,
          state: step.state,
          note: noteOf(t, step, (value) => text(value, 'seconds', false)),
        }))}
      />
      {after > 0 && <p className="label">{t('terminal.steps_after', { count: after })}</p>}
      <button type="button" className={classes.next} onClick={onQueue}>
        <span className="label">{t('terminal.next')}</span>
        <b className="id">{next?.lot ?? t('terminal.next_none')}</b>
      </button>
    </nav>
  )
}

/** The second line of a step: when it was done and what was odd, what it waits for, or that it is not sent yet. */
function noteOf(t: Translate, { state, step, record, entry, ...rest }: StepView, time: (value: string) => string) {
  if (state === 'unsent')
    return (
      <span className={classes.sending}>
        <IconArrowUp aria-hidden />
        {t('status.entry.kept')}
      </span>
    )
  if (state === 'done' && record) {
    const odd = wasPlain({ state, step, record, entry, ...rest }) ? '' : `, ${t('record.try', { n: record.attempt })}`
    return time(record.at) + odd
  }
  if (step.program) return t('terminal.step_program', { device: step.device ?? '', n: step.program })
  return step.device ?? step.component?.material
}
