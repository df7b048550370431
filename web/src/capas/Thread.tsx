import { IconAlertTriangle, IconCheck, IconMoon } from '@tabler/icons-react'
import { useT } from '../i18n/i18n'
import { useNow } from '../time/now'
import { Time } from '../time/Time'
import { disciplines, dueOf, nodeOf, type Capa, type D } from './capa'
import classes from './capas.module.css'

/** The eight disciplines as one line: filled is done, a ring is now, dashed sleeps. */
export function Thread({ capa }: { capa: Capa }) {
  const t = useT()
  return (
    <ol className={classes.thread} aria-label={t('capas.thread')}>
      {disciplines.map((d) => (
        <Node key={d} capa={capa} d={d} />
      ))}
    </ol>
  )
}

function Node({ capa, d }: { capa: Capa; d: D }) {
  const t = useT()
  const node = nodeOf(capa, d, useNow())
  const done = capa.record.done[String(d)]
  const tasks = capa.tasks.filter((task) => task.d === d && task.state !== 'dropped')
  const ready = tasks.filter((task) => task.state === 'verified' || (task.state === 'done' && d !== 6)).length
  const due = d === 8 && node === 'sleeps' ? capa.record.effect?.check_at : dueOf(capa, d)
  return (
    <li data-node={node} aria-current={node === 'now' || node === 'late' ? 'step' : undefined}>
      <a href={`#d${d}`} aria-label={`D${d} ${t(`capas.d.${d}`)}`}>
        {`D${d}`}
      </a>
      <b>{t(`capas.d.${d}`)}</b>
      <small>
        {done && (
          <>
            <IconCheck className="icon" aria-hidden /> <Time value={done.at} form="date" />
          </>
        )}
        {node === 'late' && (
          <span data-tone="warn">
            <IconAlertTriangle className="icon" aria-hidden />{' '}
            {tasks.length > 0 ? t('capas.of_late', { n: ready, total: tasks.length }) : t('capas.is_late')}
          </span>
        )}
        {node === 'sleeps' && (
          <>
            <IconMoon className="icon" aria-hidden /> <Time value={due} form="date" />
          </>
        )}
        {(node === 'now' || node === 'ahead') &&
          (tasks.length > 0 ? (
            t('capas.of', { n: ready, total: tasks.length })
          ) : due ? (
            <>
              {t('capas.due')} <Time value={due} form="date" />
            </>
          ) : (
            '–'
          ))}
      </small>
    </li>
  )
}
