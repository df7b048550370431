import { createRootRoute, createRoute, createRouter, Outlet, redirect } from '@tanstack/react-router'
import { readAlertSearch } from '../alerts/alert'
import { readTrailSearch } from '../audit/trail'
import { readGaugeSearch } from '../gauges/gauge'
import { readCapaSearch } from '../capas/capa'
import { readLabourSearch } from '../labour/labour'
import { readCostSearch } from '../qualitycost/cost'
import { readListSearch } from '../list/page'
import { readAgreementSearch, readReviewSearch } from '../reviews/review'
import { readNamed, type VisionSearch } from '../vision/vision'
import { readQualificationSearch } from '../qualifications/qualification'
import { homeOf, useMe } from '../session/session'
import { readAlarmSearch, readChartSearch } from '../spc/spc'
import { Navigate } from '@tanstack/react-router'
import { Crash } from './Crash'
import { NotFound } from './NotFound'
import { Shell } from '../shell/Shell'

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound })

/** The frame of desk screens has no part in the address. */
const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell })

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

const holds = createRoute({ getParentRoute: () => shell, path: '/holds', validateSearch: readListSearch }).lazy(() =>
  import('../holds/route').then((m) => m.holds),
)

const hold = createRoute({ getParentRoute: () => shell, path: '/holds/$hold' }).lazy(() =>
  import('../holds/route').then((m) => m.hold),
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

const charts = createRoute({ getParentRoute: () => shell, path: '/spc', validateSearch: readListSearch }).lazy(() =>
  import('../spc/route').then((m) => m.charts),
)

const chart = createRoute({
  getParentRoute: () => shell,
  path: '/spc/$chart',
  validateSearch: readChartSearch,
}).lazy(() => import('../spc/route').then((m) => m.chart))

const chartStudy = createRoute({ getParentRoute: () => shell, path: '/spc/$chart/study' }).lazy(() =>
  import('../spc/route').then((m) => m.study),
)

const chartAlarms = createRoute({
  getParentRoute: () => shell,
  path: '/spc/alarms',
  validateSearch: readAlarmSearch,
}).lazy(() => import('../spc/route').then((m) => m.alarms))

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

const gauges = createRoute({ getParentRoute: () => shell, path: '/gauges', validateSearch: readGaugeSearch }).lazy(() =>
  import('../gauges/route').then((m) => m.gauges),
)

const gauge = createRoute({ getParentRoute: () => shell, path: '/gauges/$gauge' }).lazy(() =>
  import('../gauges/route').then((m) => m.gauge),
)

const studies = createRoute({
  getParentRoute: () => shell,
  path: '/gauge-studies',
  validateSearch: readListSearch,
}).lazy(() => import('../gauges/route').then((m) => m.studies))

const gaugeStudy = createRoute({ getParentRoute: () => shell, path: '/gauge-studies/$study' }).lazy(() =>
  import('../gauges/route').then((m) => m.study),
)

const inspections = createRoute({
  getParentRoute: () => shell,
  path: '/inspections',
  validateSearch: readListSearch,
}).lazy(() => import('../inspections/route').then((m) => m.inspections))

const switching = createRoute({
  getParentRoute: () => shell,
  path: '/inspections/switching',
  validateSearch: readListSearch,
}).lazy(() => import('../inspections/route').then((m) => m.switching))

const inspection = createRoute({ getParentRoute: () => shell, path: '/inspections/$inspection' }).lazy(() =>
  import('../inspections/route').then((m) => m.inspection),
)

const labour = createRoute({ getParentRoute: () => shell, path: '/labour', validateSearch: readLabourSearch }).lazy(
  () => import('../labour/route').then((m) => m.labour),
)

const people = createRoute({ getParentRoute: () => shell, path: '/people', validateSearch: readListSearch }).lazy(() =>
  import('../people/route').then((m) => m.people),
)

const nonconformances = createRoute({
  getParentRoute: () => shell,
  path: '/nonconformances',
  validateSearch: readListSearch,
}).lazy(() => import('../nonconformances/route').then((m) => m.nonconformances))

const nonconformance = createRoute({ getParentRoute: () => shell, path: '/nonconformances/$id' }).lazy(() =>
  import('../nonconformances/route').then((m) => m.nonconformance),
)

const defectCodes = createRoute({ getParentRoute: () => shell, path: '/defect-codes' }).lazy(() =>
  import('../nonconformances/route').then((m) => m.defectCodes),
)

const permits = createRoute({ getParentRoute: () => shell, path: '/permits', validateSearch: readListSearch }).lazy(
  () => import('../permits/route').then((m) => m.permits),
)

const qualityCost = createRoute({
  getParentRoute: () => shell,
  path: '/quality-cost',
  validateSearch: readCostSearch,
}).lazy(() => import('../qualitycost/route').then((m) => m.qualityCost))

const recalls = createRoute({ getParentRoute: () => shell, path: '/recalls', validateSearch: readListSearch }).lazy(
  () => import('../recalls/route').then((m) => m.recalls),
)

const recall = createRoute({ getParentRoute: () => shell, path: '/recalls/$id' }).lazy(() =>
  import('../recalls/route').then((m) => m.recall),
)

const capas = createRoute({ getParentRoute: () => shell, path: '/capas', validateSearch: readCapaSearch }).lazy(() =>
  import('../capas/route').then((m) => m.capas),
)

const capa = createRoute({ getParentRoute: () => shell, path: '/capas/$id' }).lazy(() =>
  import('../capas/route').then((m) => m.capa),
)

const reactions = createRoute({
  getParentRoute: () => shell,
  path: '/reactions',
  validateSearch: readListSearch,
}).lazy(() => import('../reactions/route').then((m) => m.reactions))
const vision = createRoute({
  getParentRoute: () => shell,
  path: '/vision',
  validateSearch: (search: Record<string, unknown>): VisionSearch => ({
    ...readListSearch(search),
    ...readNamed(search, ['camera'] as const),
  }),
}).lazy(() => import('../vision/route').then((m) => m.vision))

const verdictReviews = createRoute({
  getParentRoute: () => shell,
  path: '/reviews',
  validateSearch: readReviewSearch,
}).lazy(() => import('../reviews/route').then((m) => m.verdictReviews))

const agreement = createRoute({
  getParentRoute: () => shell,
  path: '/reviews/agreement',
  validateSearch: readAgreementSearch,
}).lazy(() => import('../reviews/route').then((m) => m.agreement))

const models = createRoute({ getParentRoute: () => shell, path: '/models', validateSearch: readListSearch }).lazy(() =>
  import('../models/route').then((m) => m.models),
)

const safety = createRoute({ getParentRoute: () => shell, path: '/safety', validateSearch: readListSearch }).lazy(() =>
  import('../safety/route').then((m) => m.safety),
)

const counts = createRoute({ getParentRoute: () => shell, path: '/counts', validateSearch: readListSearch }).lazy(() =>
  import('../counts/route').then((m) => m.counts),
)

const cycles = createRoute({ getParentRoute: () => shell, path: '/cycles', validateSearch: readListSearch }).lazy(() =>
  import('../cycles/route').then((m) => m.cycles),
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
    orders,
    history,
    orderRecord,
    records,
    lots,
    lot,
    holds,
    hold,
    stations,
    material,
    shipping,
    erp,
    inbox,
    documents,
    document,
    documentEdit,
    charts,
    chart,
    chartStudy,
    chartAlarms,
    health,
    people,
    terminals,
    shifts,
    signatureRules,
    audit,
    reviews,
    alerts,
    qualifications,
    gauges,
    gauge,
    studies,
    gaugeStudy,
    inspections,
    switching,
    inspection,
    labour,
    nonconformances,
    nonconformance,
    defectCodes,
    permits,
    qualityCost,
    recalls,
    recall,
    reactions,
    vision,
    verdictReviews,
    agreement,
    models,
    safety,
    counts,
    cycles,
    capas,
    capa,
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
