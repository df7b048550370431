import type { Schemas } from '../api/http'
import type { Key } from '../i18n/i18n'

export type LineBoard = Schemas['LineBoard']
export type BoardStation = Schemas['BoardStation']
export type BoardCall = Schemas['BoardCall']
export type BoardHour = Schemas['BoardHour']
export type BoardLoss = Schemas['BoardLoss']

/** The line that the address names, if it is a board's. */
export function boardOf(path = window.location.pathname): string | undefined {
  const named = /^\/board\/([^/]+)\/?$/.exec(path)?.[1]
  return named ? decodeURIComponent(named) : undefined
}

/** 4:53 of seconds; an hour and more as 1:04:53. */
export function clockOf(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const two = (n: number) => String(n).padStart(2, '0')
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`
}

/** −14, +3, 0: with a minus sign that is as wide as the plus. */
export const signed = (n: number) => (n < 0 ? `−${-n}` : n > 0 ? `+${n}` : '0')

export const wallStates = {
  running: 'board.state.running',
  idle: 'board.state.idle',
  blocked: 'board.state.blocked',
  starved: 'board.state.starved',
  setup: 'board.state.setup',
  planned_down: 'board.state.planned_down',
  unplanned_down: 'board.state.down',
  off_shift: 'board.state.off_shift',
  unknown: 'board.state.unknown',
} as const satisfies Record<string, Key>

export type WallState = keyof typeof wallStates

/** What the server says, or unknown: a word that this board does not know is never shown as calm. */
export const stateOf = (station: BoardStation): WallState =>
  station.state in wallStates ? (station.state as WallState) : 'unknown'

/** The states that say that a station does not pass work on: the line after it is cut. */
export const isCut = (state: WallState) => !['running', 'idle', 'setup', 'off_shift'].includes(state)

const needs: Record<string, Key> = {
  maintenance: 'board.needs.maintenance',
  material: 'board.needs.material',
  quality: 'board.needs.quality',
  supervisor: 'board.needs.supervisor',
  safety: 'board.needs.safety',
}

/** What a station calls for; kinds of the plant's own go by their name. */
export const needOf = (kind: string): Key => needs[kind] ?? 'board.needs.other'

const roles: Record<string, Key> = {
  operator: 'board.role.operator',
  supervisor: 'board.role.supervisor',
  quality: 'board.role.quality',
  maintenance: 'board.role.maintenance',
  planner: 'board.role.planner',
  admin: 'board.role.admin',
  manager: 'board.role.manager',
}

export const roleKey = (role: string): Key | undefined => roles[role]

const rank = ['critical', 'high', 'medium', 'low']

/** The call that the strip shows: the most severe, the one that nobody answers, the oldest. */
export function firstCall(calls: BoardCall[]): BoardCall | undefined {
  const order = (c: BoardCall) =>
    rank.indexOf(c.severity) * 1e15 + (c.state === 'open' ? 0 : 1e14) + new Date(c.open_at).getTime() / 1e3
  return [...calls].sort((a, b) => order(a) - order(b))[0]
}

/** One hour of the chart, in the units of its drawing. */
export interface HourBar {
  hour: BoardHour
  when: 'past' | 'now' | 'ahead'
  x: number
  width: number
  plan: number
  packed: number
  /** Pieces that are missing so far in the hour that runs, as a height. */
  missing: number
}

/** Lays the hours of a shift out over a width; the tallest bar is as high as the chart. */
export function bars(hours: BoardHour[], now: number, width: number, height: number): HourBar[] {
  const most = Math.max(1, ...hours.map((h) => Math.max(h.plan ?? 0, h.packed)))
  const step = width / Math.max(1, hours.length)
  return hours.map((hour, i) => {
    const from = new Date(hour.from).getTime()
    const until = new Date(hour.until).getTime()
    const when = now >= until ? 'past' : now >= from ? 'now' : 'ahead'
    const high = (n: number) => (n / most) * height
    return {
      hour,
      when,
      x: i * step + Math.min(8, step / 20),
      width: step * 0.825,
      plan: high(hour.plan ?? 0),
      packed: high(hour.packed),
      missing: when === 'now' ? high(Math.max(0, (hour.plan_now ?? 0) - hour.packed)) : 0,
    }
  })
}

/** A clock that only goes on: how old an answer is does not depend on whose clock is right, or set meanwhile. */
export const monotonic = () => performance.now()

/** Data that is older is not shown as true. */
export const tooOld = 10_000
