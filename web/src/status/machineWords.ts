import {
  IconAdjustmentsHorizontal,
  IconBell,
  IconWalk,
  IconArrowBackUp,
  IconArrowBarToRight,
  IconCalendarEvent,
  IconCheck,
  IconCircleCheck,
  IconCircleMinus,
  IconCircleX,
  IconFlag,
  IconHandStop,
  IconHourglass,
  IconLock,
  IconPlayerPlayFilled,
  IconSignature,
  IconTool,
} from '@tabler/icons-react'
import { IconDown, IconStarved, IconUnknown } from './icons'
import { word, type Word } from './word'

/** The states of what keeps machines running: stops, maintenance, calls. */
export const machineWords = {
  // Machines.
  // The states as the server names them; their words are those of every other place.
  machine_state: {
    running: word('status.machine.running', IconPlayerPlayFilled),
    idle: word('status.machine.idle', IconCircleMinus),
    blocked: word('status.machine.blocked', IconArrowBarToRight, 'warn'),
    starved: word('status.machine.starved', IconStarved, 'warn'),
    setup: word('status.machine.setup', IconAdjustmentsHorizontal),
    planned_down: word('status.machine.planned_down', IconCalendarEvent),
    unplanned_down: word('status.machine.down', IconDown, 'crit'),
    unknown: word('status.machine.unknown', IconUnknown, 'unknown'),
  },
  // Shift calendar, OEE.
  // Telemetry.
  // Maintenance.
  maintenance: {
    requested: word('status.maintenance.requested', IconFlag),
    planned: word('status.maintenance.planned', IconCalendarEvent),
    lockout_signing: word('status.maintenance.lockout_signing', IconSignature, 'warn'),
    locked_out: word('status.maintenance.locked_out', IconLock, 'crit'),
    in_work: word('status.maintenance.in_work', IconTool, 'crit'),
    tested: word('status.maintenance.tested', IconCircleCheck, 'warn'),
    handback_signing: word('status.maintenance.handback_signing', IconSignature, 'warn'),
    handed_back: word('status.maintenance.handed_back', IconArrowBackUp),
    closed: word('status.maintenance.closed', IconCheck),
    rejected: word('status.maintenance.rejected', IconCircleX),
    cancelled: word('status.maintenance.cancelled', IconCircleX),
  },
  maintenance_plan: {
    active: word('status.maintenance_plan.active', IconCalendarEvent),
    paused: word('status.maintenance_plan.paused', IconCircleMinus),
  },
  // Andon, line board.
  call: {
    waiting: word('calls.state.waiting', IconHourglass),
    open: word('calls.state.open', IconBell, 'crit'),
    acknowledged: word('calls.state.acknowledged', IconWalk, 'warn'),
    resolved: word('calls.state.resolved', IconCheck),
    cancelled: word('calls.state.cancelled', IconCircleX),
  },
  // Dispatching.
  job: {
    ready: word('status.job.ready', IconCircleCheck),
    waits: word('status.job.waits', IconHourglass, 'warn'),
    barred: word('status.job.barred', IconHandStop, 'warn'),
    unknown: word('status.job.unknown', IconHourglass, 'unknown'),
  },
} as const satisfies Record<string, Record<string, Word>>
