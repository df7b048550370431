import { createRoute, type AnyRoute } from '@tanstack/react-router'
import { readDispatchSearch } from '../dispatch/dispatch'
import { shell } from './frame'

const dispatch = createRoute({
  getParentRoute: () => shell,
  path: '/dispatch',
  validateSearch: readDispatchSearch,
}).lazy(() => import('../dispatch/route').then((m) => m.dispatch))

/** The screens of machines: states, downtime, OEE, trends, maintenance, calls and the line board. */
export const machineRoutes = [
  // Machines.
  // Shift calendar, OEE.
  // Telemetry.
  // Maintenance.
  // Andon, line board.
  // Dispatching.
  dispatch,
] as const satisfies readonly AnyRoute[]
