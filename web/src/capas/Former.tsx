import { useT } from '../i18n/i18n'
import { Time } from '../time/Time'
import type { Capa } from './capa'
import classes from './capas.module.css'

/** The rounds that failed, as they were. */
export function Former({ capa }: { capa: Capa }) {
  const t = useT()
  if (capa.former.length === 0) return null
  return (
    <section aria-labelledby="former" className={classes.side}>
      <h2 id="former">{t('capas.former')}</h2>
      {capa.former.map((round) => (
        <details key={round.n}>
          <summary>
            {t('capas.round', { n: round.n })}: {round.reason}, <Time value={round.ended_at} form="date" />
          </summary>
          <dl className={classes.timers}>
            <div>
              <dt>{t('capas.field.occurrence')}</dt>
              <dd>{round.record.occurrence.text}</dd>
            </div>
            <div>
              <dt>{t('capas.field.escape')}</dt>
              <dd>{round.record.escape.text}</dd>
            </div>
            {round.tasks.map((task) => (
              <div key={task.id}>
                <dt>{task.id}</dt>
                <dd>{task.title}</dd>
              </div>
            ))}
          </dl>
        </details>
      ))}
    </section>
  )
}
