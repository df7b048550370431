import { useT } from '../i18n/i18n'
import { useNow } from '../time/now'
import { Time } from '../time/Time'
import { momentsOf, span, type HoldView } from './hold'
import classes from './holds.module.css'

/** The time to contain, and the way to it: known, blocked, found, stopped, decided, ended. */
export function Timeline({ hold }: { hold: HoldView }) {
  const t = useT()
  const now = useNow()
  const moments = momentsOf(hold, now)
  const stopped = moments.find((moment) => moment.name === 'contained')!
  const awaited = moments.find((moment) => moment.at === undefined)
  const big = span(stopped.after)
  return (
    <section className={classes.timeline} aria-label={t('holds.time_to_contain')}>
      <div className={classes.big} data-open={stopped.at ? undefined : true}>
        <small>{t('holds.time_to_contain')}</small>
        <b>{t(`holds.span.${big.unit}`, { value: big.value })}</b>
        <small>{t(stopped.at ? 'holds.measured' : 'holds.still_running')}</small>
      </div>
      <ol className={classes.moments}>
        {moments.map((moment) => {
          const { value, unit } = span(moment.after)
          const text = t(`holds.span.${unit}`, { value })
          const state = moment.at ? 'done' : moment === awaited ? 'now' : 'ahead'
          return (
            <li key={moment.name} data-state={state}>
              <i aria-hidden />
              <b>
                {moment.name === 'known' ? (
                  <Time value={moment.at} form="seconds" />
                ) : state === 'ahead' ? (
                  t('holds.to_come')
                ) : state === 'now' ? (
                  t('holds.open_since', { span: text })
                ) : (
                  t('holds.after', { span: text })
                )}
              </b>
              <span>{t(`holds.moment.${moment.name}`)}</span>
              <small>{noteOf(t, hold, moment.name)}</small>
            </li>
          )
        })}
      </ol>
    </section>
  )
}

function noteOf(t: ReturnType<typeof useT>, hold: HoldView, name: string): string {
  switch (name) {
    case 'known':
      return hold.source?.subject ?? hold.placed_by
    case 'found':
      return t('holds.lots', { count: hold.found })
    case 'contained':
      return hold.unacknowledged > 0 ? t('holds.running', { count: hold.unacknowledged }) : ''
    case 'decided':
      return hold.undecided > 0 ? t('holds.undecided', { count: hold.undecided }) : ''
    case 'closed':
      return hold.open > 0 ? t('holds.open', { count: hold.open }) : ''
  }
  return ''
}
