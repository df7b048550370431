import { createRoute, type AnyRoute } from '@tanstack/react-router'
import { readDowntimeSearch } from '../downtime/downtime'
import { readMachineSearch } from '../machines/machine'
import { shell } from './frame'

// Machines.
const machines = createRoute({
  getParentRoute: () => shell,
  path: '/machines',
  validateSearch: readMachineSearch,
}).lazy(() => import('../machines/route').then((m) => m.machines))

const downtime = createRoute({
  getParentRoute: () => shell,
  path: '/downtime',
  validateSearch: readDowntimeSearch,
}).lazy(() => import('../downtime/route').then((m) => m.downtime))

/** The screens of machines: states, downtime, OEE, trends, maintenance, calls and the line board. */
export const machineRoutes = [
  // Machines.
  machines,
  downtime,
  // Shift calendar, OEE.
  // Telemetry.
  // Maintenance.
  // Andon, line board.
  // Dispatching.
] as const satisfies readonly AnyRoute[]
