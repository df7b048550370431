import { createRoute, type AnyRoute } from '@tanstack/react-router'
import { readCallSearch } from '../calls/call'
import { readTrendSearch } from '../trends/trends'
import { readDispatchSearch } from '../dispatch/dispatch'
import { readOeeSearch } from '../oee/figure'
import { readCalendarSearch } from '../shifts/calendar'
import { readDowntimeSearch } from '../downtime/downtime'
import { readMachineSearch } from '../machines/machine'
import { shell } from './frame'
import { readFigureSearch, readMaintenanceSearch } from '../maintenance/maintenance'

// Telemetry.
const trends = createRoute({ getParentRoute: () => shell, path: '/trends', validateSearch: readTrendSearch }).lazy(() =>
  import('../trends/route').then((m) => m.trends),
)
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

const oee = createRoute({ getParentRoute: () => shell, path: '/oee', validateSearch: readOeeSearch }).lazy(() =>
  import('../oee/route').then((m) => m.oee),
)

const maintenance = createRoute({
  getParentRoute: () => shell,
  path: '/maintenance',
  validateSearch: readMaintenanceSearch,
}).lazy(() => import('../maintenance/route').then((m) => m.jobs))

const maintenanceJob = createRoute({ getParentRoute: () => shell, path: '/maintenance/$job' }).lazy(() =>
  import('../maintenance/route').then((m) => m.job),
)

const maintenancePlans = createRoute({ getParentRoute: () => shell, path: '/maintenance/plans' }).lazy(() =>
  import('../maintenance/route').then((m) => m.plans),
)

const maintenanceFigures = createRoute({
  getParentRoute: () => shell,
  path: '/maintenance/figures',
  validateSearch: readFigureSearch,
}).lazy(() => import('../maintenance/route').then((m) => m.figures))
const calendar = createRoute({
  getParentRoute: () => shell,
  path: '/calendar',
  validateSearch: readCalendarSearch,
}).lazy(() => import('../shifts/route').then((m) => m.calendar))
const dispatch = createRoute({
  getParentRoute: () => shell,
  path: '/dispatch',
  validateSearch: readDispatchSearch,
}).lazy(() => import('../dispatch/route').then((m) => m.dispatch))

// Andon, line board.
const calls = createRoute({ getParentRoute: () => shell, path: '/calls', validateSearch: readCallSearch }).lazy(() =>
  import('../calls/route').then((m) => m.calls),
)

/** The screens of machines: states, downtime, OEE, trends, maintenance, calls and the line board. */
export const machineRoutes = [
  // Machines.
  machines,
  downtime,
  // Shift calendar, OEE.
  oee,
  calendar,
  // Telemetry.
  trends,
  // Maintenance.
  maintenance,
  maintenanceJob,
  maintenancePlans,
  maintenanceFigures,
  // Andon, line board.
  calls,
  // Dispatching.
  dispatch,
] as const satisfies readonly AnyRoute[]
