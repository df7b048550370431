import { createRoute, type AnyRoute } from '@tanstack/react-router'
import { readTrendSearch } from '../trends/trends'
import { shell } from './frame'

// Telemetry.
const trends = createRoute({ getParentRoute: () => shell, path: '/trends', validateSearch: readTrendSearch }).lazy(() =>
  import('../trends/route').then((m) => m.trends),
)

/** The screens of machines: states, downtime, OEE, trends, maintenance, calls and the line board. */
export const machineRoutes = [
  // Machines.
  // Shift calendar, OEE.
  // Telemetry.
  trends,
  // Maintenance.
  // Andon, line board.
  // Dispatching.
] as const satisfies readonly AnyRoute[]
