import { IconCheck, IconLock } from '@tabler/icons-react'
import { useT } from '../i18n/i18n'
import type { Job } from './job'
import classes from './terminal.module.css'

/** For a held unit: what of its work is kept, and what can't be done until quality has decided. */
export function KeptAndBlocked({ job }: { job: Job }) {
  const t = useT()
  const done = new Set((job.steps ?? []).filter((step) => step.result === 'pass').map((step) => step.step)).size
  return (
    <dl className={classes.may}>
      <dt>
        <IconCheck className="icon" aria-hidden />
        {t('terminal.stopped.kept')}
      </dt>
      <dd>{t('terminal.stopped.kept_steps', { count: done })}</dd>
      <dt data-tone="hold">
        <IconLock className="icon" aria-hidden />
        {t('terminal.stopped.blocked')}
      </dt>
      <dd>{t('terminal.stopped.blocked_what')}</dd>
    </dl>
  )
}
