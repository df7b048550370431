import { createRoute } from '@tanstack/react-router'
import { readGaugeSearch } from '../gauges/gauge'
import { readCapaSearch } from '../capas/capa'
import { readCostSearch } from '../qualitycost/cost'
import { readListSearch } from '../list/page'
import { readAgreementSearch, readReviewSearch } from '../reviews/review'
import { readNamed, type VisionSearch } from '../vision/vision'
import { readAlarmSearch, readChartSearch } from '../spc/spc'
import { shell } from './frame'

const holds = createRoute({ getParentRoute: () => shell, path: '/holds', validateSearch: readListSearch }).lazy(() =>
  import('../holds/route').then((m) => m.holds),
)

const hold = createRoute({ getParentRoute: () => shell, path: '/holds/$hold' }).lazy(() =>
  import('../holds/route').then((m) => m.hold),
)

const charts = createRoute({ getParentRoute: () => shell, path: '/spc', validateSearch: readListSearch }).lazy(() =>
  import('../spc/route').then((m) => m.charts),
)

const chart = createRoute({
  getParentRoute: () => shell,
  path: '/spc/$chart',
  validateSearch: readChartSearch,
}).lazy(() => import('../spc/route').then((m) => m.chart))

const study = createRoute({ getParentRoute: () => shell, path: '/spc/$chart/study' }).lazy(() =>
  import('../spc/route').then((m) => m.study),
)

const chartAlarms = createRoute({
  getParentRoute: () => shell,
  path: '/spc/alarms',
  validateSearch: readAlarmSearch,
}).lazy(() => import('../spc/route').then((m) => m.alarms))

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

/** The screens of quality: what is wrong, how one knows, and what is done about it. */
export const qualityRoutes = [
  holds,
  hold,
  charts,
  chart,
  study,
  chartAlarms,
  gauges,
  gauge,
  studies,
  gaugeStudy,
  inspections,
  switching,
  inspection,
  nonconformances,
  nonconformance,
  defectCodes,
  permits,
  qualityCost,
  recalls,
  recall,
  capas,
  capa,
  reactions,
  vision,
  verdictReviews,
  agreement,
  models,
  safety,
  counts,
  cycles,
]
