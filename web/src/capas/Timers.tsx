import { useT } from '../i18n/i18n'
import { Time } from '../time/Time'
import type { Capa } from './capa'
import classes from './capas.module.css'

/** What the workflow will do by itself, and when. */
export function Timers({ capa }: { capa: Capa }) {
  const t = useT()
  if (capa.timers.length === 0) return null
  return (
    <section aria-labelledby="timers" className={classes.side}>
      <h2 id="timers">{t('capas.timers')}</h2>
      <dl className={classes.timers}>
        {capa.timers.slice(0, 6).map((timer) => (
          <div key={`${timer.kind}/${timer.subject}`}>
            <dt>
              {t(`capas.timer.${timer.kind as 'read'}`, {
                subject: timer.subject,
                user:
                  timer.kind === 'escalate'
                    ? capa.manager || t('app.role.quality')
                    : capa.owner || t('app.role.quality'),
              })}
            </dt>
            <dd>
              <Time value={timer.at} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
