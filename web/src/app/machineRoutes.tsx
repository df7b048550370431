import { createRoute, type AnyRoute } from '@tanstack/react-router'
import { readOeeSearch } from '../oee/figure'
import { readCalendarSearch } from '../shifts/calendar'
import { shell } from './frame'

const oee = createRoute({ getParentRoute: () => shell, path: '/oee', validateSearch: readOeeSearch }).lazy(() =>
  import('../oee/route').then((m) => m.oee),
)

const calendar = createRoute({
  getParentRoute: () => shell,
  path: '/calendar',
  validateSearch: readCalendarSearch,
}).lazy(() => import('../shifts/route').then((m) => m.calendar))

/** The screens of machines: states, downtime, OEE, trends, maintenance, calls and the line board. */
export const machineRoutes = [
  // Machines.
  // Shift calendar, OEE.
  oee,
  calendar,
  // Telemetry.
  // Maintenance.
  // Andon, line board.
  // Dispatching.
] as const satisfies readonly AnyRoute[]
