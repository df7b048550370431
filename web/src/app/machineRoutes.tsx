import { createRoute, type AnyRoute } from '@tanstack/react-router'
import { readDowntimeSearch } from '../downtime/downtime'
import { readMachineSearch } from '../machines/machine'
import { shell } from './frame'
import { readOeeSearch } from '../oee/figure'
import { readFigureSearch, readMaintenanceSearch } from '../maintenance/maintenance'

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

/** The screens of machines: states, downtime, OEE, trends, maintenance, calls and the line board. */
export const machineRoutes = [
  // Machines.
  machines,
  downtime,
  // Shift calendar, OEE.
  oee,
  // Telemetry.
  // Maintenance.
  maintenance,
  maintenanceJob,
  maintenancePlans,
  maintenanceFigures,
  // Andon, line board.
  // Dispatching.
] as const satisfies readonly AnyRoute[]
