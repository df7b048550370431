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
  IconFlag,
  IconGavel,
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
  IconRuler,
  IconSignature,
  IconTrash,
  IconTruck,
} from '@tabler/icons-react'
import type { Key } from '../i18n/i18n'
import { IconDown, IconStarved, IconUnknown, type Icon } from './icons'

/** Plain is normal. A hue says how urgent; the icon and the word say what. `unknown` is a hatch, never a colour. */
export type Tone = 'plain' | 'warn' | 'crit' | 'hold' | 'unknown'

export interface Word {
  key: Key
  icon: Icon
  tone: Tone
}

const word = (key: Key, icon: Icon, tone: Tone = 'plain'): Word => ({ key, icon, tone })

/** The one table of states: word, icon, colour. No screen spells a state in another way. */
export const vocabulary = {
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
  hold: {
    placed: word('status.hold.placed', IconLock, 'hold'),
    finding: word('status.hold.finding', IconLock, 'hold'),
    contained: word('status.hold.contained', IconLock, 'hold'),
    dispositioned: word('status.hold.dispositioned', IconLock, 'hold'),
    closed: word('status.hold.closed', IconCheck),
  },
  nonconformance: {
    open: word('status.nonconformance.open', IconFlag),
    in_review: word('status.nonconformance.in_review', IconGavel),
    dispositioned: word('status.nonconformance.dispositioned', IconSignature),
    closed: word('status.nonconformance.closed', IconCheck),
    cancelled: word('status.nonconformance.cancelled', IconCircleX),
    overdue: word('status.nonconformance.overdue', IconClock, 'warn'),
  },
  proposal: {
    open: word('status.proposal.open', IconHourglass),
    carried_out: word('status.proposal.carried_out', IconCheck),
    rejected: word('status.proposal.rejected', IconCircleX, 'crit'),
    withdrawn: word('status.proposal.withdrawn', IconCircleX),
  },
  permit: {
    requested: word('status.permit.requested', IconHourglass),
    approved: word('status.permit.approved', IconSignature),
    rejected: word('status.permit.rejected', IconCircleX),
    withdrawn: word('status.permit.withdrawn', IconCircleX),
    expired: word('status.permit.expired', IconClock, 'warn'),
    used_up: word('status.permit.used_up', IconCheck),
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
  chart: {
    in_control: word('status.chart.in_control', IconCircleCheck),
    alarm: word('status.chart.alarm', IconAlertOctagon, 'crit'),
    no_limits: word('status.chart.no_limits', IconRuler),
    paused: word('status.chart.paused', IconPlayerPause),
  },
  alarm: {
    open: word('status.alarm.open', IconAlertOctagon, 'crit'),
    acknowledged: word('status.alarm.acknowledged', IconCheck),
  },
  limits: {
    proposed: word('status.limits.proposed', IconHourglass),
    in_force: word('status.limits.in_force', IconCircleCheck),
    replaced: word('status.limits.replaced', IconClock),
  },
  gauge: {
    fit: word('status.gauge.fit', IconCircleCheck),
    due_soon: word('status.gauge.due_soon', IconClock, 'warn'),
    overdue: word('status.gauge.overdue', IconClock, 'crit'),
    uncalibrated: word('status.gauge.uncalibrated', IconUnknown, 'unknown'),
    failed: word('status.gauge.failed', IconCircleX, 'crit'),
    blocked: word('status.gauge.blocked', IconLock, 'hold'),
    retired: word('status.gauge.retired', IconMoon),
  },
  conformity: {
    in_tolerance: word('status.conformity.in_tolerance', IconCircleCheck),
    out_of_tolerance: word('status.conformity.out_of_tolerance', IconCircleX, 'crit'),
  },
  inspection: {
    due: word('status.inspection.due', IconHourglass),
    running: word('status.inspection.running', IconPlayerPlayFilled),
    accepted: word('status.inspection.accepted', IconCircleCheck),
    not_accepted: word('status.inspection.not_accepted', IconCircleX, 'crit'),
    cancelled: word('status.inspection.cancelled', IconCircleMinus),
  },
  sampling: {
    normal: word('status.sampling.normal', IconCircleCheck),
    tightened: word('status.sampling.tightened', IconAlertTriangle, 'warn'),
    reduced: word('status.sampling.reduced', IconCheck),
    discontinued: word('status.sampling.discontinued', IconHandStop, 'crit'),
  },
  study: {
    open: word('status.study.open', IconHourglass),
    complete: word('status.study.complete', IconCheck),
    closed: word('status.study.closed', IconFile),
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
  model: {
    candidate: word('status.model.candidate', IconEye),
    in_use: word('status.model.in_use', IconCircleCheck),
    retired: word('status.model.retired', IconMoon),
  },
  count: {
    equal: word('status.count.equal', IconCircleCheck),
    short: word('status.count.short', IconAlertTriangle, 'warn'),
    over: word('status.count.over', IconAlertTriangle, 'warn'),
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
  capa: {
    open: word('status.capa.open', IconPlayerPlayFilled),
    plan_signing: word('status.capa.plan_signing', IconSignature),
    implementing: word('status.capa.implementing', IconRotateClockwise),
    watching: word('status.capa.watching', IconMoon),
    verdict_signing: word('status.capa.verdict_signing', IconSignature),
    proven: word('status.capa.proven', IconCircleCheck),
    closure_signing: word('status.capa.closure_signing', IconSignature),
    closed: word('status.capa.closed', IconCheck),
    cancelled: word('status.capa.cancelled', IconCircleX),
  },
  capa_task: {
    open: word('status.capa_task.open', IconHourglass),
    done: word('status.capa_task.done', IconCheck),
    verified: word('status.capa_task.verified', IconCircleCheck),
    dropped: word('status.capa_task.dropped', IconCircleX),
  },
  capa_outcome: {
    effective: word('status.capa_outcome.effective', IconCircleCheck),
    not_effective: word('status.capa_outcome.not_effective', IconCircleX, 'crit'),
    no_data: word('status.capa_outcome.no_data', IconUnknown, 'unknown'),
  },
} as const satisfies Record<string, Record<string, Word>>

export type Family = keyof typeof vocabulary

/** The word for a state that the server names. A state that is not in the table reads as unknown, with its own name. */
export function wordFor(family: Family, state: string): Word & { raw?: string } {
  const table = vocabulary[family] as Record<string, Word>
  return table[state] ?? { key: 'status.unlisted', icon: IconUnknown, tone: 'unknown', raw: state }
}
