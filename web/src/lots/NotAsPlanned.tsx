import { useT } from '../i18n/i18n'
import { DeviationList } from '../record/Deviations'
import type { Lot } from './lot'
import classes from './lots.module.css'

/** All that did not go by the plan, what is still open first. Planned things fold into one sentence. */
export function NotAsPlanned({ lot }: { lot: Lot }) {
  const t = useT()
  const deviations = lot.deviations ?? []
  if (deviations.length === 0) return lot.origin === 'produced' ? <p className="label">{t('lots.as_planned')}</p> : null
  return (
    <section aria-labelledby="not-as-planned">
      <header className={classes.sectionHead}>
        <h2 id="not-as-planned">{t('lots.not_as_planned')}</h2>
        <p>{t('lots.not_as_planned_count', { count: deviations.length })}</p>
      </header>
      <DeviationList deviations={deviations} />
    </section>
  )
}
