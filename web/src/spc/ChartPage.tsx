import { Alert, Button, SegmentedControl } from '@mantine/core'
import { IconBellRinging, IconRulerMeasure } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { TrailLink } from '../audit/TrailLink'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ShareButton } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Capability } from './Capability'
import { ControlChart } from './ControlChart'
import { LimitVersions } from './LimitVersions'
import { OpenAlarms } from './OpenAlarms'
import { chartQuery, lengths, limitsQuery, measures, pointsQuery, type Chart } from './spc'
import classes from './spc.module.css'
import { useKindText, watched } from './words'

const route = getRouteApi('/shell/spc/$chart')
const usual = 100

/** One chart: what is open now, the points with their limits, what the process can do, and every version of the limits. */
export function ChartPage() {
  const t = useT()
  const { chart: id } = route.useParams()
  const query = useQuery(chartQuery(id))
  if (query.isError && !query.data)
    return (
      <section className={classes.page}>
        <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />
      </section>
    )
  if (!query.data)
    return (
      <section className={classes.page}>
        <Rows count={6} />
      </section>
    )
  return (
    <section className={classes.page} aria-labelledby="chart-title">
      <Head chart={query.data} />
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      <OpenAlarms chart={id} />
      {query.data.points === 0 ? (
        <EmptyState title={t('spc.no_points.title')}>
          {t('spc.no_points.text', { what: watched(query.data) })}
        </EmptyState>
      ) : (
        <Points chart={query.data} />
      )}
      <LimitVersions chart={query.data} />
    </section>
  )
}

function Head({ chart }: { chart: Chart }) {
  const t = useT()
  const me = useMe()
  const kind = useKindText()
  return (
    <header className={classes.head}>
      <div>
        <h1 id="chart-title">{chart.name}</h1>
        <p className="label">
          {kind(chart.kind)} · <span className="id">{watched(chart)}</span> · {chart.rules.join(', ')}
        </p>
      </div>
      <Status of="chart" state={chart.state} variant="tag" />
      <span className="grow" />
      {can(me, 'chart.define') && chart.points > 1 && (
        <Button
          variant={chart.limits === 0 ? 'filled' : 'default'}
          leftSection={<IconRulerMeasure className="icon" aria-hidden />}
          renderRoot={(props) => <Link to="/spc/$chart/study" params={{ chart: chart.id }} {...props} />}
        >
          {t('spc.study')}
        </Button>
      )}
      <Button
        leftSection={<IconBellRinging className="icon" aria-hidden />}
        renderRoot={(props) => <Link to="/spc/alarms" search={{ chart: chart.id, state: 'all' }} {...props} />}
      >
        {t('spc.alarms')}
      </Button>
      <TrailLink noun="chart" subject={chart.id} />
      <ShareButton />
    </header>
  )
}

function Points({ chart }: { chart: Chart }) {
  const t = useT()
  const { last = usual, point } = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(pointsQuery(chart.id, last))
  const limits = useQuery(limitsQuery(chart.id))
  const points = query.data?.items ?? []
  if (query.isError && !query.data) return <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />
  if (points.length === 0) return <Rows count={8} />
  const length = (
    <SegmentedControl
      aria-label={t('spc.length')}
      value={String(last)}
      onChange={(value) =>
        void navigate({
          to: '/spc/$chart',
          params: { chart: chart.id },
          search: { last: Number(value) === usual ? undefined : Number(value) },
          replace: true,
        })
      }
      data={lengths.map((n) => ({ value: String(n), label: t('spc.last_points', { n }) }))}
    />
  )
  return (
    <>
      {chart.limits === 0 && limits.data && (
        <Alert variant="default" mb="sm" title={t('spc.no_limits.title')}>
          {t('spc.no_limits.text')}
        </Alert>
      )}
      <ControlChart
        chart={chart.id}
        kind={chart.kind}
        unit={chart.unit}
        title={t('spc.chart_of', { name: chart.name })}
        points={points}
        marked={point}
        actions={length}
      />
      {measures(chart.kind) && points.length > 1 && (
        <Capability chart={chart} from={points[0]!.seq} to={points.at(-1)!.seq} />
      )}
    </>
  )
}
