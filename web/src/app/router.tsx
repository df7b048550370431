import { createRoute, createRouter, redirect } from '@tanstack/react-router'
import { readAlertSearch } from '../alerts/alert'
import { readTrailSearch } from '../audit/trail'
import { readLabourSearch } from '../labour/labour'
import { readListSearch } from '../list/page'
import { readQualificationSearch } from '../qualifications/qualification'
import { homeOf, useMe } from '../session/session'
import { Navigate } from '@tanstack/react-router'
import { Crash } from './Crash'
import { NotFound } from './NotFound'
import { root, shell } from './frame'
import { machineRoutes } from './machineRoutes'
import { qualityRoutes } from './qualityRoutes'

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

function Home() {
  return <Navigate to={homeOf(useMe())} replace />
}

const home = createRoute({ getParentRoute: () => root, path: '/', component: Home })

/** A screen is fetched when it is first opened, so that a terminal does not load the graphs of the desk. */
const orders = createRoute({
  getParentRoute: () => shell,
  path: '/orders',
  validateSearch: readListSearch,
}).lazy(() => import('../orders/route').then((m) => m.orders))

const history = createRoute({
  getParentRoute: () => shell,
  path: '/orders/$number/history',
  validateSearch: (search: Record<string, unknown>) => ({
    ...(text(search.q) ? { q: text(search.q) } : {}),
    ...(text(search.lot) ? { lot: text(search.lot) } : {}),
    ...(text(search.source) ? { source: text(search.source) } : {}),
  }),
}).lazy(() => import('../history/route').then((m) => m.history))

const orderRecord = createRoute({ getParentRoute: () => shell, path: '/orders/$number/record' }).lazy(() =>
  import('../record/route').then((m) => m.orderRecord),
)

const records = createRoute({
  getParentRoute: () => shell,
  path: '/records',
  validateSearch: readListSearch,
}).lazy(() => import('../record/route').then((m) => m.records))

const lots = createRoute({ getParentRoute: () => shell, path: '/lots', validateSearch: readListSearch }).lazy(() =>
  import('../lots/route').then((m) => m.lots),
)

const lot = createRoute({ getParentRoute: () => shell, path: '/lots/$lot' }).lazy(() =>
  import('../lots/route').then((m) => m.lot),
)

const stations = createRoute({
  getParentRoute: () => shell,
  path: '/stations',
  validateSearch: readListSearch,
}).lazy(() => import('../stations/route').then((m) => m.stations))

const terminal = createRoute({
  getParentRoute: () => root,
  path: '/stations/$station',
  validateSearch: (search: Record<string, unknown>): { lot?: string } =>
    text(search.lot) ? { lot: text(search.lot) } : {},
}).lazy(() => import('../terminal/route').then((m) => m.terminal))

const material = createRoute({
  getParentRoute: () => shell,
  path: '/material',
  validateSearch: readListSearch,
}).lazy(() => import('../material/route').then((m) => m.material))

const shipping = createRoute({
  getParentRoute: () => shell,
  path: '/shipping',
  validateSearch: readListSearch,
}).lazy(() => import('../shipping/route').then((m) => m.shipping))

const erp = createRoute({ getParentRoute: () => shell, path: '/erp', validateSearch: readListSearch }).lazy(() =>
  import('../erp/route').then((m) => m.outbox),
)

const inbox = createRoute({ getParentRoute: () => shell, path: '/erp/inbox' }).lazy(() =>
  import('../erp/route').then((m) => m.inbox),
)

const documents = createRoute({
  getParentRoute: () => shell,
  path: '/documents',
  validateSearch: readListSearch,
}).lazy(() => import('../documents/route').then((m) => m.documents))

const document = createRoute({ getParentRoute: () => shell, path: '/documents/$kind/$id/$revision' }).lazy(() =>
  import('../documents/route').then((m) => m.document),
)

const documentEdit = createRoute({ getParentRoute: () => shell, path: '/documents/$kind/$id/$revision/edit' }).lazy(
  () => import('../documents/route').then((m) => m.edit),
)

const health = createRoute({ getParentRoute: () => shell, path: '/health' }).lazy(() =>
  import('../health/route').then((m) => m.health),
)

const audit = createRoute({ getParentRoute: () => shell, path: '/audit', validateSearch: readTrailSearch }).lazy(() =>
  import('../audit/route').then((m) => m.audit),
)

const reviews = createRoute({
  getParentRoute: () => shell,
  path: '/audit/reviews',
  validateSearch: readListSearch,
}).lazy(() => import('../audit/route').then((m) => m.reviews))

const terminals = createRoute({
  getParentRoute: () => shell,
  path: '/terminals',
  validateSearch: readListSearch,
}).lazy(() => import('../terminals/route').then((m) => m.terminals))

const signatureRules = createRoute({ getParentRoute: () => shell, path: '/signature-rules' }).lazy(() =>
  import('../sign/route').then((m) => m.rules),
)

const shifts = createRoute({ getParentRoute: () => shell, path: '/shifts' }).lazy(() =>
  import('../shifts/route').then((m) => m.shifts),
)

const alerts = createRoute({
  getParentRoute: () => shell,
  path: '/alerts',
  validateSearch: readAlertSearch,
}).lazy(() => import('../alerts/route').then((m) => m.alerts))

const qualifications = createRoute({
  getParentRoute: () => shell,
  path: '/qualifications',
  validateSearch: readQualificationSearch,
}).lazy(() => import('../qualifications/route').then((m) => m.qualifications))

const labour = createRoute({ getParentRoute: () => shell, path: '/labour', validateSearch: readLabourSearch }).lazy(
  () => import('../labour/route').then((m) => m.labour),
)

const people = createRoute({ getParentRoute: () => shell, path: '/people', validateSearch: readListSearch }).lazy(() =>
  import('../people/route').then((m) => m.people),
)

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  beforeLoad: () => {
    throw redirect({ to: '/' })
  },
})

const tree = root.addChildren([
  home,
  login,
  terminal,
  shell.addChildren([
    ...qualityRoutes,
    ...machineRoutes,
    orders,
    history,
    orderRecord,
    records,
    lots,
    lot,
    stations,
    material,
    shipping,
    erp,
    inbox,
    documents,
    document,
    documentEdit,
    health,
    people,
    terminals,
    shifts,
    signatureRules,
    audit,
    reviews,
    alerts,
    qualifications,
    labour,
  ]),
])

export const router = createRouter({
  routeTree: tree,
  defaultErrorComponent: Crash,
  defaultNotFoundComponent: NotFound,
  // Text in the address stays text: an order may be called 10482.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const params = new URLSearchParams()
    for (const [key, value] of Object.entries(search)) if (value !== undefined) params.set(key, String(value))
    const out = params.toString()
    return out ? `?${out}` : ''
  },
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
