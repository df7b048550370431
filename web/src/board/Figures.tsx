import { IconAlertTriangle, IconLock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useT } from '../i18n/i18n'
import { clockMinutes, zoneName, type Zone } from '../time/format'
import { plantNow, useNowSeconds } from '../time/now'
import { clockOf, signed, type LineBoard } from './board'
import classes from './board.module.css'

interface FigureProps {
  label: string
  value: string
  note: ReactNode
  tone?: 'warn' | 'hold'
}

function Figure({ label, value, note, tone }: FigureProps) {
  return (
    <dl data-tone={tone}>
      <dt>{label}</dt>
      <dd className={classes.value} data-long={value.length > 4 || undefined}>
        {value}
      </dd>
      <dd className={classes.note}>{note}</dd>
    </dl>
  )
}

const unknown = '–'

/** Seven columns: the line, five figures, the clock. A figure that nobody can know is a dash, never a zero. */
export function Figures({ board, zone, stale }: { board: LineBoard; zone: Zone; stale: boolean }) {
  const t = useT()
  const ahead = board.plan === undefined ? undefined : board.packed - board.plan
  const share = board.finished > 0 ? `${Math.round((board.first_pass / board.finished) * 100)} %` : unknown
  return (
    <header className={classes.figures}>
      <div>
        <h1>{board.line}</h1>
        <div className={classes.note}>{board.product ?? board.name}</div>
      </div>
      <Figure
        label={t('board.packed')}
        value={String(board.packed)}
        note={board.plan === undefined ? t('board.no_plan') : t('board.of_now', { n: board.plan })}
      />
      <Figure
        label={t('board.against')}
        value={ahead === undefined ? unknown : signed(ahead)}
        tone={ahead !== undefined && ahead < 0 ? 'warn' : undefined}
        note={
          ahead === undefined ? (
            t('board.no_plan')
          ) : ahead < 0 ? (
            <>
              <IconAlertTriangle aria-hidden />
              {t('board.behind')}
            </>
          ) : (
            t(ahead > 0 ? 'board.ahead' : 'board.on_plan')
          )
        }
      />
      <Figure
        label={t('board.takt')}
        value={board.takt_s === undefined ? unknown : clockOf(board.takt_s)}
        note={
          board.takt_planned_s === undefined
            ? t('board.no_plan')
            : t('board.planned', { takt: clockOf(board.takt_planned_s) })
        }
      />
      <Figure
        label={t('board.first_pass')}
        value={share}
        note={t('board.of', { n: board.first_pass, all: board.finished })}
      />
      <Figure
        label={t('board.held')}
        value={String(board.held)}
        tone={board.held > 0 ? 'hold' : undefined}
        note={
          board.held > 0 ? (
            <>
              <IconLock aria-hidden />
              {board.held_at || t('board.at_stations')}
            </>
          ) : (
            t('board.nothing')
          )
        }
      />
      <Clock site={board.site} zone={zone} stale={stale} />
    </header>
  )
}

/** The plant's clock goes on while nothing is heard: it is not the board's data. */
function Clock({ site, zone, stale }: { site: string; zone: Zone; stale: boolean }) {
  const t = useT()
  useNowSeconds()
  const now = new Date(plantNow())
  const day = new Intl.DateTimeFormat(zone.language === 'de' ? 'de-DE' : 'en-GB', {
    day: 'numeric',
    month: 'short',
    timeZone: zone.zone,
  }).format(now)
  return (
    <dl className={classes.clock}>
      <dt>{t(stale ? 'board.not_live' : 'board.live', { site })}</dt>
      <dd className={classes.value}>{clockMinutes(zone, now)}</dd>
      <dd className={classes.note}>{`${zoneName(zone, now)}, ${day}`}</dd>
    </dl>
  )
}
