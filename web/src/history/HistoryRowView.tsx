import {
  IconArrowsExchange,
  IconBinaryTree2,
  IconCamera,
  IconCheck,
  IconCircleX,
  IconHourglass,
  IconLock,
  IconRoute,
  IconUser,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useT, type Key, type Translate } from '../i18n/i18n'
import type { Icon } from '../status/icons'
import { duration } from '../time/duration'
import { Time } from '../time/Time'
import type { HistoryRow } from './history'
import classes from './history.module.css'

const icons: Record<string, Icon> = {
  audit: IconUser,
  lot: IconRoute,
  step: IconCheck,
  vision: IconCamera,
  outbox: IconArrowsExchange,
  engine: IconBinaryTree2,
}

/** Words for the kinds that have one; another kind shows its own name, spelt as a word. */
const kinds: Record<string, Key> = {
  revision_changed: 'history.kind.revision_changed',
  revision_change_requested: 'history.kind.revision_change_requested',
  revision_change_rejected: 'history.kind.revision_change_rejected',
  created: 'history.kind.created',
  create: 'history.kind.created',
  released: 'history.kind.released',
  release: 'history.kind.released',
  changed: 'history.kind.changed',
  change: 'history.kind.changed',
  hold: 'history.kind.held',
  held: 'history.kind.held',
  resume: 'history.kind.resumed',
  resumed: 'history.kind.resumed',
  cancel: 'history.kind.cancelled',
  completed: 'history.kind.completed',
  complete: 'history.kind.completed',
  refused: 'history.kind.refused',
  opened: 'history.kind.opened',
  operation_started: 'history.kind.operation_started',
  operation_paused: 'history.kind.operation_paused',
  operation_resumed: 'history.kind.operation_resumed',
  operation_completed: 'history.kind.operation_completed',
  step_completed: 'history.kind.step_completed',
  step_attempted: 'history.kind.step_attempted',
  no_answer: 'history.kind.no_answer',
  retried: 'history.kind.retried',
  label_printed: 'history.kind.label_printed',
  defect_reported: 'history.kind.defect_reported',
  reviewed: 'history.kind.reviewed',
  step_signed: 'history.kind.step_signed',
  signature_refused: 'history.kind.signature_refused',
  signature_requested: 'history.kind.signature_requested',
  signed: 'history.kind.signed',
  signature_rejected: 'history.kind.signature_rejected',
  scrapped: 'history.kind.scrapped',
  voided: 'history.kind.voided',
  hold_released: 'history.kind.hold_released',
  received: 'history.kind.received',
  shipped: 'history.kind.shipped',
  confirm: 'history.kind.confirm',
  scan: 'history.kind.scan',
  measure: 'history.kind.measure',
  device: 'history.kind.device',
  vision: 'history.kind.vision',
  label: 'history.kind.label',
  operation_confirmed: 'history.kind.operation_confirmed',
  order_confirmed: 'history.kind.order_confirmed',
  pass: 'status.verdict.pass',
  fail: 'status.verdict.fail',
  undecided: 'status.verdict.review',
}

const bad = new Set(['fail', 'silent', 'refused', 'dead'])

/** One line: time, who or what, what happened, and what was waited for and why. */
export function HistoryRowView({ row }: { row: HistoryRow }) {
  const t = useT()
  const key = kinds[row.kind]
  const Icon =
    row.kind.startsWith('hold') || row.kind === 'held'
      ? IconLock
      : bad.has(row.result ?? row.kind)
        ? IconCircleX
        : (icons[row.source] ?? IconRoute)
  return (
    <li className={classes.row} data-source={row.source}>
      <Time value={row.at} form="seconds" zone={false} />
      <Icon className="icon" aria-hidden />
      <span>
        <b>{key ? t(key) : row.kind.replaceAll('_', ' ').replaceAll('.', ' ')}</b>
        <small>{placeOf(row)}</small>
      </span>
      <span>
        {row.text}
        {row.reason && <small>{row.reason}</small>}
        <WaitLine row={row} t={t} />
      </span>
      <span className="id">
        {row.lot && (
          <Link to="/lots/$lot" params={{ lot: row.lot }}>
            {row.lot}
          </Link>
        )}
      </span>
      <span>
        {[row.actor, row.device].filter(Boolean).join(', ')}
        {row.seconds !== undefined && row.seconds >= 1 && <small>{duration(t, row.seconds * 1000)}</small>}
      </span>
    </li>
  )
}

/** "ST30, operation 30, step 10": where it happened. */
function placeOf(row: HistoryRow): string {
  const operation = [row.operation, row.step].filter(Boolean).join('/')
  return [row.station, operation].filter(Boolean).join(', ')
}

function WaitLine({ row, t }: { row: HistoryRow; t: Translate }) {
  if (!row.wait_kind) return null
  return (
    <small className={classes.wait}>
      <IconHourglass className="icon" aria-hidden />
      {t(`history.wait.${row.wait_kind as 'station'}`, { on: row.wait_on ?? '' }).trim()}
    </small>
  )
}
