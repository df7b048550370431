import {
  IconArrowMerge,
  IconAdjustmentsHorizontal,
  IconAlertOctagon,
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowBarToRight,
  IconArrowUp,
  IconCalendarEvent,
  IconCheck,
  IconCircleCheck,
  IconCircleMinus,
  IconCircleX,
  IconClock,
  IconDiamond,
  IconEye,
  IconFile,
  IconHandStop,
  IconHourglass,
  IconInfoCircle,
  IconLock,
  IconMoon,
  IconPackage,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlayFilled,
  IconRotateClockwise,
  IconSignature,
  IconTrash,
  IconTruck,
} from '@tabler/icons-react'
import { IconDown, IconStarved, IconUnknown } from './icons'
import { machineWords } from './machineWords'
import { qualityWords } from './qualityWords'
import { word, type Word } from './word'

export type { Tone, Word } from './word'

/** The one table of states: word, icon, colour. No screen spells a state in another way. */
export const vocabulary = {
  ...qualityWords,
  ...machineWords,
  machine: {
    running: word('status.machine.running', IconPlayerPlayFilled),
    idle: word('status.machine.idle', IconCircleMinus),
    blocked: word('status.machine.blocked', IconArrowBarToRight, 'warn'),
    starved: word('status.machine.starved', IconStarved, 'warn'),
    setup: word('status.machine.setup', IconAdjustmentsHorizontal),
    planned_down: word('status.machine.planned_down', IconCalendarEvent),
    down: word('status.machine.down', IconDown, 'crit'),
    off_shift: word('status.machine.off_shift', IconMoon),
    unknown: word('status.machine.unknown', IconUnknown, 'unknown'),
  },
  station: {
    running: word('status.station.running', IconPlayerPlayFilled),
    waiting: word('status.station.waiting', IconHourglass),
    stopped: word('status.station.stopped', IconHandStop, 'warn'),
    idle: word('status.station.idle', IconCircleMinus),
    down: word('status.station.down', IconDown, 'crit'),
    unknown: word('status.station.unknown', IconUnknown, 'unknown'),
  },
  order: {
    created: word('status.order.created', IconFile),
    released: word('status.order.released', IconHourglass),
    running: word('status.order.running', IconPlayerPlayFilled),
    held: word('status.order.held', IconLock, 'hold'),
    completed: word('status.order.completed', IconCheck),
    closed: word('status.order.closed', IconCheck),
    cancelled: word('status.order.cancelled', IconCircleX),
  },
  lot: {
    available: word('status.lot.available', IconCircleCheck),
    consumed: word('status.lot.consumed', IconCheck),
    queued: word('status.lot.queued', IconHourglass),
    running: word('status.lot.running', IconPlayerPlayFilled),
    paused: word('status.lot.paused', IconPlayerPause),
    held: word('status.lot.held', IconLock, 'hold'),
    rework: word('status.lot.rework', IconRotateClockwise, 'warn'),
    review: word('status.lot.review', IconEye),
    packed: word('status.lot.packed', IconPackage),
    shipped: word('status.lot.shipped', IconTruck),
    scrapped: word('status.lot.scrapped', IconTrash, 'crit'),
    expired: word('status.lot.expired', IconClock, 'crit'),
    void: word('status.lot.void', IconCircleX),
    returned: word('status.lot.returned', IconArrowBackUp),
    merged: word('status.lot.merged', IconArrowMerge),
  },
  verdict: {
    pass: word('status.verdict.pass', IconCircleCheck),
    fail: word('status.verdict.fail', IconCircleX, 'crit'),
    review: word('status.verdict.review', IconEye),
    late: word('status.verdict.late', IconClock, 'warn'),
    none: word('status.verdict.none', IconUnknown, 'unknown'),
    overridden: word('status.verdict.overridden', IconPencil),
  },
  value: {
    in: word('status.value.in', IconCircleCheck),
    out: word('status.value.out', IconCircleX, 'crit'),
    none: word('status.value.none', IconInfoCircle),
  },
  entry: {
    sent: word('status.entry.sent', IconCheck),
    kept: word('status.entry.kept', IconArrowUp),
    refused: word('status.entry.refused', IconCircleX, 'crit'),
  },
  document: {
    draft: word('status.document.draft', IconPencil),
    in_review: word('status.document.in_review', IconEye),
    approved: word('status.document.approved', IconSignature),
    effective: word('status.document.effective', IconCircleCheck),
    superseded: word('status.document.superseded', IconClock),
    withdrawn: word('status.document.withdrawn', IconCircleX),
  },
  change: {
    requested: word('status.change.requested', IconHourglass),
    approved: word('status.change.approved', IconSignature),
    rejected: word('status.change.rejected', IconCircleX),
  },
  signature: {
    valid: word('status.signature.valid', IconSignature),
    voided: word('status.signature.voided', IconCircleX, 'crit'),
    forged: word('status.signature.forged', IconCircleX, 'crit'),
  },
  certificate: {
    valid: word('status.certificate.valid', IconCircleCheck),
    ending: word('status.certificate.ending', IconClock, 'warn'),
    ended: word('status.certificate.ended', IconCircleX, 'crit'),
    withdrawn: word('status.certificate.withdrawn', IconCircleX, 'crit'),
    replaced: word('status.certificate.replaced', IconRotateClockwise),
  },
  study_verdict: {
    fit: word('status.study_verdict.fit', IconCircleCheck),
    conditional: word('status.study_verdict.conditional', IconAlertTriangle, 'warn'),
    unfit: word('status.study_verdict.unfit', IconCircleX, 'crit'),
  },
  severity: {
    critical: word('status.severity.critical', IconAlertOctagon, 'crit'),
    high: word('status.severity.high', IconAlertTriangle, 'warn'),
    medium: word('status.severity.medium', IconDiamond),
    low: word('status.severity.low', IconInfoCircle),
  },
  record: {
    none: word('status.record.none', IconFile),
    open: word('status.record.open', IconEye),
    released: word('status.record.released', IconSignature),
    rejected: word('status.record.rejected', IconCircleX, 'crit'),
    voided: word('status.record.voided', IconAlertTriangle, 'warn'),
  },
  delivery: {
    pending: word('status.delivery.pending', IconArrowUp),
    delivered: word('status.delivery.delivered', IconCheck),
    dead: word('status.delivery.dead', IconCircleX, 'crit'),
  },
  health: {
    ok: word('status.health.ok', IconCircleCheck),
    degraded: word('status.health.degraded', IconAlertTriangle, 'warn'),
    down: word('status.health.down', IconDown, 'crit'),
    unknown: word('status.health.unknown', IconUnknown, 'unknown'),
  },
  proof: {
    holds: word('status.proof.holds', IconCircleCheck),
    broken: word('status.proof.broken', IconAlertOctagon, 'crit'),
    unchecked: word('status.proof.unchecked', IconUnknown, 'unknown'),
  },
  request: {
    open: word('status.request.open', IconHourglass),
    signed: word('status.request.signed', IconSignature),
    rejected: word('status.request.rejected', IconCircleX, 'crit'),
    voided: word('status.request.voided', IconCircleX, 'crit'),
  },
  terminal: {
    in_use: word('status.terminal.in_use', IconCircleCheck),
    revoked: word('status.terminal.revoked', IconCircleX),
  },
  account: {
    active: word('status.account.active', IconCircleCheck),
    locked: word('status.account.locked', IconLock, 'warn'),
    ended: word('status.account.ended', IconMoon),
  },
  token: {
    active: word('status.token.active', IconCircleCheck),
    expired: word('status.token.expired', IconClock, 'warn'),
    revoked: word('status.token.revoked', IconMoon),
  },
  device: {
    connected: word('status.device.connected', IconCircleCheck),
    connecting: word('status.device.connecting', IconRotateClockwise, 'warn'),
    down: word('status.device.down', IconDown, 'crit'),
    unknown: word('status.device.unknown', IconUnknown, 'unknown'),
  },
} as const satisfies Record<string, Record<string, Word>>

export type Family = keyof typeof vocabulary

/** The word for a state that the server names. A state that is not in the table reads as unknown, with its own name. */
export function wordFor(family: Family, state: string): Word & { raw?: string } {
  const table = vocabulary[family] as Record<string, Word>
  return table[state] ?? { key: 'status.unlisted', icon: IconUnknown, tone: 'unknown', raw: state }
}
