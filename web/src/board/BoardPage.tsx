import { useLayoutEffect, useSyncExternalStore, type ReactNode } from 'react'
import { setDistance } from '../design/distance'
import { useLanguage, useT } from '../i18n/i18n'
import { clockMinutes, zoneName, type Zone } from '../time/format'
import { useNowSeconds } from '../time/now'
import classes from './board.module.css'
import { monotonic, tooOld } from './board'
import { CallStrip } from './CallStrip'
import { Figures } from './Figures'
import { Hours } from './Hours'
import { Lost } from './Lost'
import type { BoardSource } from './source'
import { StationRow } from './StationRow'

/** The board is drawn for 1920 × 1080 and grows and shrinks with the display. */
function useWall(on: boolean) {
  useLayoutEffect(() => {
    if (!on) return
    const html = document.documentElement
    const fit = () => {
      html.style.fontSize = `${Math.min(window.innerWidth / 1920, window.innerHeight / 1080) * 16}px`
    }
    setDistance('wall')
    fit()
    window.addEventListener('resize', fit)
    return () => {
      window.removeEventListener('resize', fit)
      html.style.fontSize = ''
      setDistance('desk')
    }
  }, [on])
}

/** One line from 5 m away: figures, calls, stations, the shift's hours, what was lost. Nothing to touch. */
export function BoardPage({ line, source, signIn }: { line: string; source: BoardSource; signIn: ReactNode }) {
  const t = useT()
  const language = useLanguage()
  const { board, heard, problem } = useSyncExternalStore(source.subscribe, source.snapshot)
  useNowSeconds()
  const asksWho = !board && problem === 'signed_out'
  useWall(!asksWho)
  if (asksWho) return signIn
  if (!board || heard === undefined)
    return (
      <main className={classes.nothing}>
        <h1>{line}</h1>
        <p role="status">{t(`board.problem.${problem ?? 'reading'}`)}</p>
      </main>
    )
  const zone: Zone = { language, zone: board.time_zone || 'UTC' }
  const stale = monotonic() - heard > tooOld
  const since = stale ? `${clockMinutes(zone, new Date(board.at))} ${zoneName(zone, new Date(board.at))}` : undefined
  return (
    <main className={classes.board} data-stale={stale || undefined}>
      <Figures board={board} zone={zone} stale={stale} />
      <CallStrip board={board} zone={zone} stale={since} problem={problem} />
      <StationRow stations={board.stations ?? []} />
      <section className={classes.low}>
        <Hours board={board} zone={zone} />
        <Lost board={board} />
      </section>
    </main>
  )
}
