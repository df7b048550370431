import {
  IconAdjustmentsHorizontal,
  IconArrowBarToRight,
  IconCalendarEvent,
  IconCircleMinus,
  IconPlayerPlayFilled,
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
  // Andon, line board.
  // Dispatching.
} as const satisfies Record<string, Record<string, Word>>
