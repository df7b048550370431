import type { CSSProperties } from 'react'
import { useT } from '../i18n/i18n'
import { vocabulary } from '../status/vocabulary'
import { duration } from '../time/duration'
import { plantNow, useNow } from '../time/now'
import { clockOf, isCut, stateOf, wallStates, type BoardStation, type WallState } from './board'
import classes from './board.module.css'

const wordOf = (state: WallState) => vocabulary.machine[state === 'unplanned_down' ? 'down' : state]

/** As many columns as stations; the thread is cut after one that passes nothing on. */
export function StationRow({ stations }: { stations: BoardStation[] }) {
  const t = useT()
  const columns = Math.max(7, stations.length)
  return (
    <section
      className={classes.stations}
      aria-label={t('board.stations')}
      style={{ '--n': columns, '--fit': 7 / columns } as CSSProperties}
    >
      {stations.map((station) => (
        <Station key={station.id} station={station} />
      ))}
    </section>
  )
}

function Station({ station }: { station: BoardStation }) {
  const t = useT()
  useNow()
  const state = stateOf(station)
  const { icon: Icon, tone } = wordOf(state)
  const showsCycle = state === 'running' && station.cycle_s !== undefined
  const since = station.since ? plantNow() - new Date(station.since).getTime() : undefined
  return (
    <article className={classes.station} data-tone={tone} data-cut={isCut(state) || undefined}>
      <div className={classes.node}>
        <Icon aria-hidden />
      </div>
      <h2>
        {station.id} <span>{station.name}</span>
      </h2>
      <div className={classes.state}>{t(wallStates[state])}</div>
      <div className={classes.sub}>
        {showsCycle
          ? t('board.cycle', { time: clockOf(station.cycle_s ?? 0) })
          : since === undefined
            ? '\u00a0'
            : t('board.for', { time: duration(t, since) })}
      </div>
      <div className={classes.sub}>
        {t('board.wip')} <b>{station.wip}</b>
      </div>
    </article>
  )
}
