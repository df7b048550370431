import { createRoute, type AnyRoute } from '@tanstack/react-router'
import { readCallSearch } from '../calls/call'
import { shell } from './frame'

// Andon, line board.
const calls = createRoute({ getParentRoute: () => shell, path: '/calls', validateSearch: readCallSearch }).lazy(() =>
  import('../calls/route').then((m) => m.calls),
)

/** The screens of machines: states, downtime, OEE, trends, maintenance, calls and the line board. */
export const machineRoutes = [
  // Machines.
  // Shift calendar, OEE.
  // Telemetry.
  // Maintenance.
  // Andon, line board.
  calls,
  // Dispatching.
] as const satisfies readonly AnyRoute[]
