import { Button } from '@mantine/core'
import { IconClock, IconTable } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useLanguage, useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { CsvButton, ShareButton } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { plantQuery } from '../plant/plant'
import { Note } from '../status/Status'
import { useTimeText } from '../time/Time'
import { Events } from './Events'
import { percent, reportQuery, windowOf, type Loss, type OeeSearch, type Report } from './figure'
import { FiguresTable } from './FiguresTable'
import { Formula } from './Formula'
import { Losses } from './Losses'
import { Notes } from './Notes'
import classes from './oee.module.css'
import { Scope } from './Scope'
import { Timeline } from './Timeline'
import type { Drawn } from './timelineOption'
import { Waterfall } from './Waterfall'

const route = getRouteApi('/shell/oee')

/** How well a station or a line is used, where the time went, and what to do about it. */
export function OeePage() {
  const t = useT()
  const search = route.useSearch()
  const navigate = useNavigate()
  const plant = useQuery(plantQuery)
  const equipment = search.equipment ?? plant.data?.lines?.[0]?.id ?? ''
  const query = useQuery({ ...reportQuery(search, equipment), enabled: equipment !== '' })
  const [asTable, setAsTable] = useState(false)
  const go = (change: OeeSearch) =>
    void navigate({ to: '/oee', search: { ...search, equipment, ...change }, replace: true })
  const open = (loss: Loss) =>
    go({
      loss: loss.kind,
      reason: loss.reason || (loss.kind === 'unplanned_down' ? '-' : undefined),
      station: undefined,
      stretch: undefined,
    })
  const pick = ({ piece, station }: Drawn) => {
    if (piece.category === 'unwatched') return // nothing is known of it
    go({ loss: piece.category, reason: undefined, station: station.station, stretch: piece.stretch || undefined })
  }
  const report = query.data
  return (
    <section className={classes.page} aria-labelledby="oee-title">
      <header>
        <div className={classes.head}>
          <h1 id="oee-title">
            {report ? t('oee.title_of', { id: report.equipment.id, name: report.equipment.name }) : t('oee.title')}
          </h1>
          {report && <RestatedTag report={report} />}
          <span className="grow" />
          <Button
            aria-pressed={asTable}
            leftSection={<IconTable className="icon" aria-hidden />}
            onClick={() => setAsTable(!asTable)}
          >
            {t('chart.as_table')}
          </Button>
          <CsvButton path="/oee" query={windowOf(search, equipment)} />
          <ShareButton />
        </div>
        <Scope search={search} equipment={equipment} report={report} onChange={go} />
      </header>
      {plant.data && equipment === '' && (
        <EmptyState title={t('oee.no_line.title')}>{t('oee.no_line.text')}</EmptyState>
      )}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {!report && !query.isError && equipment !== '' && <Rows />}
      {report && (
        <>
          <Formula report={report} />
          {asTable ? (
            <FiguresTable report={report} />
          ) : (
            <div className={classes.charts}>
              <Waterfall report={report} />
              <Losses report={report} onOpen={open} />
            </div>
          )}
          <Timeline report={report} onPick={pick} />
          <Notes report={report} onOpen={open} />
        </>
      )}
      {equipment !== '' && (
        <Events
          search={search}
          equipment={equipment}
          onClose={() => go({ loss: undefined, reason: undefined, station: undefined, stretch: undefined })}
        />
      )}
    </section>
  )
}

function RestatedTag({ report }: { report: Report }) {
  const t = useT()
  const language = useLanguage()
  const at = useTimeText()
  const last = report.versions?.at(-1)
  const before = report.versions?.at(-2)
  if (!last || !before) return null
  return (
    <Note tone="plain" icon={IconClock} variant="tag">
      {t('oee.restated.tag', {
        at: at(last.at, 'inline'),
        before: percent(before.figures.oee, language) ?? t('oee.not_defined'),
      })}
    </Note>
  )
}
