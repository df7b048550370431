import { createRoute, type AnyRoute } from '@tanstack/react-router'
import { readDispatchSearch } from '../dispatch/dispatch'
import { readOeeSearch } from '../oee/figure'
import { shell } from './frame'

const oee = createRoute({ getParentRoute: () => shell, path: '/oee', validateSearch: readOeeSearch }).lazy(() =>
  import('../oee/route').then((m) => m.oee),
)

const dispatch = createRoute({
  getParentRoute: () => shell,
  path: '/dispatch',
  validateSearch: readDispatchSearch,
}).lazy(() => import('../dispatch/route').then((m) => m.dispatch))

/** The screens of machines: states, downtime, OEE, trends, maintenance, calls and the line board. */
export const machineRoutes = [
  // Machines.
  // Shift calendar, OEE.
  oee,
  // Telemetry.
  // Maintenance.
  // Andon, line board.
  // Dispatching.
  dispatch,
] as const satisfies readonly AnyRoute[]
