import { ActionIcon, Alert, Button, SegmentedControl } from '@mantine/core'
import {
  IconChevronLeft,
  IconChevronRight,
  IconDownload,
  IconPlayerPlay,
  IconZoomIn,
  IconZoomOut,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { DecimalField } from '../form/DecimalField'
import { MomentField } from '../form/MomentField'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ShareButton } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { fromFieldValue, toFieldValue } from '../time/format'
import { useNow } from '../time/now'
import { useZone } from '../time/site'
import { readDecimal } from '../value/decimal'
import { Newest } from './Newest'
import { TagPick } from './TagPick'
import { TrendChart } from './TrendChart'
import {
  exportAddress,
  fixed,
  idsOf,
  longestExport,
  moved,
  seriesQuery,
  spanOf,
  tagsQuery,
  usual,
  windows,
  type Series,
  type Span,
  type TrendSearch,
  type WindowName,
} from './trends'
import classes from './trends.module.css'
import { Words } from './Words'

const route = getRouteApi('/shell/trends')
/** As many of a device's tags are shown when it is looked at as a whole. */
const first = 4

/** What devices' tags were over time: picked by name, over a window that moves with now or stands still. */
export function TrendsPage() {
  const t = useT()
  const search = route.useSearch()
  const navigate = useNavigate()
  const go = (change: Partial<TrendSearch>) =>
    void navigate({ to: '/trends', search: { ...search, ...change }, replace: true })
  const ids = useIds(search)
  const query = useQuery(seriesQuery(ids, search))
  const series = ids.length > 0 ? query.data?.series : undefined
  const span = query.data ? { from: Date.parse(query.data.from), until: Date.parse(query.data.until) } : undefined
  return (
    <section className={classes.page} aria-labelledby="trends-title">
      <header className={classes.head}>
        <h1 id="trends-title">{t('telemetry.title')}</h1>
        <span className="grow" />
        <ShareButton />
      </header>
      <div className={classes.tools}>
        <TagPick
          tags={(series ?? []).map((s) => s.tag)}
          onPick={(picked) => go({ tags: picked.join(',') || undefined, device: undefined, station: undefined })}
        />
      </div>
      <Window search={search} go={go} />
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {ids.length === 0 && <EmptyState title={t('telemetry.empty.title')}>{t('telemetry.empty.text')}</EmptyState>}
      {ids.length > 0 && query.isPending && <Rows count={8} />}
      {series && span && <Shown list={series} span={span} ids={ids} search={search} go={go} />}
    </section>
  )
}

/** The tags that the address names, or the first ones of its device or station. */
function useIds(search: TrendSearch): number[] {
  const named = idsOf(search)
  const { device, station } = search
  const asked = named.length === 0 && (device !== undefined || station !== undefined)
  const found = useQuery({ ...tagsQuery({ device, station }), enabled: asked })
  if (!asked) return named
  const tags = found.data?.items ?? []
  const numbers = tags.filter((tag) => tag.kind === 'number')
  return (numbers.length > 0 ? numbers : tags).slice(0, first).map((tag) => tag.id)
}

interface Part {
  search: TrendSearch
  go: (change: Partial<TrendSearch>) => void
}

function Window({ search, go }: Part) {
  const t = useT()
  const zone = useZone()
  const now = useNow()
  const live = !search.from
  const span = spanOf(search, now)
  const field = (at: number) => toFieldValue(zone, new Date(at))
  const set = (part: Partial<Span>) => {
    const next = { ...span, ...part }
    if (next.from < next.until) go(fixed(next))
  }
  const step = (label: string, icon: React.ReactNode, to: Span) => (
    <ActionIcon variant="default" size={36} aria-label={label} title={label} onClick={() => go(fixed(to))}>
      {icon}
    </ActionIcon>
  )
  return (
    <div className={classes.window}>
      <SegmentedControl
        aria-label={t('telemetry.window')}
        value={live ? (search.window ?? usual) : ''}
        onChange={(value) =>
          go({ window: value === usual ? undefined : (value as WindowName), from: undefined, until: undefined })
        }
        data={(Object.keys(windows) as WindowName[]).map((value) => ({ value, label: t(`telemetry.last.${value}`) }))}
      />
      <MomentField
        label={t('telemetry.from')}
        value={field(span.from)}
        onChange={(text) => text && set({ from: fromFieldValue(zone, text).getTime() })}
      />
      <MomentField
        label={t('telemetry.until')}
        value={field(span.until)}
        onChange={(text) => text && set({ until: fromFieldValue(zone, text).getTime() })}
      />
      {step(t('telemetry.earlier'), <IconChevronLeft className="icon" aria-hidden />, moved(span, -0.5))}
      {step(t('telemetry.later'), <IconChevronRight className="icon" aria-hidden />, moved(span, 0.5))}
      {step(t('telemetry.closer'), <IconZoomIn className="icon" aria-hidden />, moved(span, 0, 0.5))}
      {step(t('telemetry.wider'), <IconZoomOut className="icon" aria-hidden />, moved(span, 0, 2))}
      {live ? (
        <span className="label" role="status">
          {t('telemetry.live')}
        </span>
      ) : (
        <Button
          leftSection={<IconPlayerPlay className="icon" aria-hidden />}
          onClick={() => go({ from: undefined, until: undefined })}
        >
          {t('telemetry.go_live')}
        </Button>
      )}
    </div>
  )
}

interface ShownProps extends Part {
  list: Series[]
  span: Span
  ids: number[]
}

function Shown({ list, span, ids, search, go }: ShownProps) {
  const t = useT()
  const numbers = useMemo(() => list.filter((series) => series.tag.kind !== 'text'), [list])
  const words = list.filter((series) => series.tag.kind === 'text')
  const silent = list.every((series) => series.points.length === 0)
  const limit = (text?: string) => {
    const read = text === undefined ? null : readDecimal(text)
    return read === null ? undefined : Number(read)
  }
  return (
    <>
      <Newest tags={list.map((series) => series.tag)} />
      {silent && <EmptyState title={t('telemetry.silent.title')}>{t('telemetry.silent.text')}</EmptyState>}
      {numbers.length > 0 && !silent && (
        <TrendChart
          list={numbers}
          span={span}
          limits={{ lower: limit(search.lower), upper: limit(search.upper) }}
          actions={<Export ids={ids} span={span} />}
        />
      )}
      <Words list={words} />
      {numbers.length > 0 && (
        <div className={classes.limits}>
          {(['lower', 'upper'] as const).map((name) => (
            <DecimalField
              key={name}
              label={t(`telemetry.${name}`)}
              unit={numbers[0]!.tag.unit}
              value={search[name] ?? ''}
              onChange={(value) => go({ [name]: value || undefined })}
            />
          ))}
        </div>
      )}
    </>
  )
}

function Export({ ids, span }: { ids: number[]; span: Span }) {
  const t = useT()
  if (span.until - span.from > longestExport) return <Alert variant="default">{t('telemetry.too_long')}</Alert>
  return (['csv', 'parquet'] as const).map((form) => (
    <Button
      key={form}
      component="a"
      href={exportAddress(form, ids, span)}
      download
      leftSection={<IconDownload className="icon" aria-hidden />}
    >
      {t(`telemetry.export.${form}`)}
    </Button>
  ))
}
