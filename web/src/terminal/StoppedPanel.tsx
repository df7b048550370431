import { useT } from '../i18n/i18n'
import { shortLot } from '../lots/lot'
import type { Job } from './job'
import classes from './terminal.module.css'

/** What to do with a unit that may not be worked on: put it aside, go on with the next one. */
export function StoppedPanel({ job, aside }: { job: Job; aside?: string }) {
  const t = useT()
  const lot = shortLot(job.card.lot)
  const next = job.next && shortLot(job.next.lot)
  return (
    <section className={classes.stopped} aria-labelledby="do-title">
      <h2 id="do-title">{t('terminal.stopped.title')}</h2>
      <ol className={classes.tasks}>
        <li>
          <i>{1}</i>
          <div>
            <b>{t('terminal.stopped.aside', { lot })}</b>
            {aside === undefined
              ? t('terminal.stopped.aside_note')
              : aside
                ? t('terminal.stopped.aside_at', { place: aside })
                : t('terminal.stopped.aside_done')}
          </div>
        </li>
        <li>
          <i>{2}</i>
          <div>
            <b>{next ? t('terminal.stopped.next', { lot: next }) : t('terminal.stopped.wait')}</b>
            {next ? t('terminal.stopped.next_note') : t('terminal.idle.text')}
          </div>
        </li>
      </ol>
    </section>
  )
}
