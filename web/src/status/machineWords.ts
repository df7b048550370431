import { IconCircleCheck, IconHandStop, IconHourglass } from '@tabler/icons-react'
import { word, type Word } from './word'

/** The states of what keeps machines running: stops, maintenance, calls. */
export const machineWords = {
  // Machines.
  // Shift calendar, OEE.
  // Telemetry.
  // Maintenance.
  // Andon, line board.
  // Dispatching.
  job: {
    ready: word('status.job.ready', IconCircleCheck),
    waits: word('status.job.waits', IconHourglass, 'warn'),
    barred: word('status.job.barred', IconHandStop, 'warn'),
    unknown: word('status.job.unknown', IconHourglass, 'unknown'),
  },
} as const satisfies Record<string, Record<string, Word>>
