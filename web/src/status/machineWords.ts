import type { Word } from './word'

/** The states of what keeps machines running: stops, maintenance, calls. */
export const machineWords = {
  // Machines.
  // Shift calendar, OEE.
  // Telemetry.
  // Maintenance.
  // Andon, line board.
  // Dispatching.
} as const satisfies Record<string, Record<string, Word>>
