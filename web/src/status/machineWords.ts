import { IconBell, IconCheck, IconCircleX, IconHourglass, IconWalk } from '@tabler/icons-react'
import { word, type Word } from './word'

/** The states of what keeps machines running: stops, maintenance, calls. */
export const machineWords = {
  // Machines.
  // Shift calendar, OEE.
  // Telemetry.
  // Maintenance.
  // Andon, line board.
  call: {
    waiting: word('calls.state.waiting', IconHourglass),
    open: word('calls.state.open', IconBell, 'crit'),
    acknowledged: word('calls.state.acknowledged', IconWalk, 'warn'),
    resolved: word('calls.state.resolved', IconCheck),
    cancelled: word('calls.state.cancelled', IconCircleX),
  },
  // Dispatching.
} as const satisfies Record<string, Record<string, Word>>
