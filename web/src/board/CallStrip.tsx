import { IconBell, IconCheck, IconWifiOff } from '@tabler/icons-react'
import { useT } from '../i18n/i18n'
import { clockMinutes, type Zone } from '../time/format'
import { plantNow, useNowSeconds } from '../time/now'
import { clockOf, firstCall, needOf, roleKey, type BoardCall, type LineBoard } from './board'
import classes from './board.module.css'
import type { BoardState } from './source'

interface Props {
  board: LineBoard
  zone: Zone
  /** Since when nothing is heard. */
  stale?: string
  problem?: BoardState['problem']
}

/** Who calls for what, who comes, who is told next, for how long: one strip, the most severe call first. */
export function CallStrip({ board, zone, stale, problem }: Props) {
  const t = useT()
  useNowSeconds()
  if (stale)
    return (
      <section className={classes.strip} data-tone="stale" role="status">
        <IconWifiOff aria-hidden />
        <b>{t('board.not_live_since', { time: stale })}</b>
        {(problem === 'signed_out' || problem === 'forbidden') && (
          <span className={classes.coming}>{t('board.problem.signed_out_short')}</span>
        )}
      </section>
    )
  const calls = board.calls ?? []
  const call = firstCall(calls)
  if (!call)
    return (
      <section className={classes.strip} data-tone="calm" role="status">
        <IconCheck aria-hidden />
        <span>{t('board.no_calls')}</span>
      </section>
    )
  const next = call.next_role
  const key = next ? roleKey(next) : undefined
  return (
    <section
      className={classes.strip}
      data-tone={call.severity === 'critical' || call.severity === 'high' ? 'crit' : 'warn'}
      role="status"
    >
      <IconBell aria-hidden />
      <span>
        <b>{call.station}</b> {t(needOf(call.kind), { name: call.kind_name })}
      </span>
      <span className={classes.coming}>
        <Coming call={call} zone={zone} />
      </span>
      {calls.length > 1 && <span className={classes.more}>{t('board.more_calls', { n: calls.length - 1 })}</span>}
      <span className={classes.next}>
        {next && (
          <>
            {key ? t(key) : next}
            <br />
            {t('board.after_min', { n: call.next_min ?? 0 })}
          </>
        )}
      </span>
      <span className={classes.time}>
        {clockOf((plantNow() - new Date(call.open_at).getTime()) / 1000)}
        <small> {t('board.min')}</small>
      </span>
    </section>
  )
}

function Coming({ call, zone }: { call: BoardCall; zone: Zone }) {
  const t = useT()
  if (!call.acknowledged_by || !call.acknowledged_at) return <>{t('board.nobody')}</>
  return (
    <>
      {t('board.coming', {
        who: call.acknowledged_by.toUpperCase(),
        time: clockMinutes(zone, new Date(call.acknowledged_at)),
      })}
    </>
  )
}
