import { Button, Select } from '@mantine/core'
import { IconAdjustments } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ReasonDialog } from '../capas/ReasonDialog'
import { useT } from '../i18n/i18n'
import { ListFrame, Rows } from '../list/ListFrame'
import { CsvButton, SearchField, ShareButton } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { plantQuery } from '../plant/plant'
import { can, useMe } from '../session/session'
import { jobPath, lineQuery, states, type DispatchSearch, type LineDispatch } from './dispatch'
import classes from './dispatch.module.css'
import { LogDrawer } from './LogDrawer'
import { MoveDialog, type Move } from './MoveDialog'
import { RuleDialog } from './RuleDialog'
import { StationPanel } from './StationPanel'

const route = getRouteApi('/shell/dispatch')

/** The queues of a line: what comes next at each station, and why each job stands where it stands. */
export function DispatchPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const plant = useQuery(plantQuery)
  const lines = plant.data?.lines ?? []
  const line = search.line ?? lines[0]?.id
  const query = useQuery(lineQuery(line))
  const [rule, setRule] = useState(false)
  const go = (change: Partial<DispatchSearch>) =>
    void navigate({ to: '/dispatch', search: { ...search, ...change }, replace: true })
  return (
    <ListFrame
      title={t('dispatch.title')}
      actions={
        <>
          {can(me, 'dispatch.rule') && query.data && (
            <Button leftSection={<IconAdjustments className="icon" aria-hidden />} onClick={() => setRule(true)}>
              {t('dispatch.rule.open')}
            </Button>
          )}
          <ShareButton />
          {line && <CsvButton path={`/lines/${encodeURIComponent(line)}/queue`} query={{}} />}
        </>
      }
      tools={
        <>
          <Select
            aria-label={t('dispatch.line')}
            data={lines.map((one) => ({ value: one.id, label: `${one.id} ${one.name}` }))}
            value={line ?? null}
            allowDeselect={false}
            onChange={(value) => go({ line: value ?? undefined, station: undefined })}
          />
          <Select
            aria-label={t('dispatch.station')}
            placeholder={t('dispatch.all_stations')}
            clearable
            clearButtonProps={{ 'aria-label': t('dispatch.all_stations') }}
            data={(query.data?.stations ?? []).map((s) => ({ value: s.station, label: `${s.station} ${s.name}` }))}
            value={search.station ?? null}
            onChange={(value) => go({ station: value ?? undefined })}
          />
          <Select
            aria-label={t('list.by_state')}
            placeholder={t('dispatch.all_states')}
            clearable
            clearButtonProps={{ 'aria-label': t('dispatch.all_states') }}
            data={states.map((state) => ({ value: state, label: t(`status.job.${state}`) }))}
            value={search.state ?? null}
            onChange={(value) => go({ state: value ?? undefined })}
          />
          <SearchField label={t('dispatch.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />
        </>
      }
    >
      {(plant.isPending || (line && query.isPending)) && <Rows />}
      {plant.isError && <ErrorAlert error={plant.error} onRetry={() => void plant.refetch()} />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {plant.data && !line && <EmptyState title={t('dispatch.empty.title')}>{t('dispatch.empty.text')}</EmptyState>}
      {query.data && <Line line={query.data} search={search} mayMove={can(me, 'dispatch.order')} />}
      {rule && query.data && <RuleDialog setting={query.data.setting} onClose={() => setRule(false)} />}
    </ListFrame>
  )
}

function Line({ line, search, mayMove }: { line: LineDispatch; search: DispatchSearch; mayMove: boolean }) {
  const t = useT()
  const [move, setMove] = useState<Move>()
  const [release, setRelease] = useState<Move>()
  const [log, setLog] = useState<string>()
  const stations = (line.stations ?? []).filter((s) => !search.station || s.station === search.station)
  const elsewhere = (line.elsewhere ?? []).map((person) => person.name)
  return (
    <>
      <p className={classes.rule}>
        {t('dispatch.by_rule', { rule: t(`dispatch.rule.${line.setting.rule as 'fifo'}`) })}{' '}
        {elsewhere.length > 0 && t('dispatch.elsewhere', { people: elsewhere.join(', ') })}
      </p>
      {stations.length === 0 && <EmptyState title={t('dispatch.no_stations')} />}
      {stations.map((queue) => (
        <StationPanel
          key={queue.station}
          queue={queue}
          search={search}
          mayMove={mayMove}
          onMove={setMove}
          onRelease={(station, lot) => setRelease({ station, lot })}
          onLog={setLog}
        />
      ))}
      {mayMove && (
        <p className="label">
          <kbd>{'Alt'}</kbd> <kbd>↑</kbd> {t('dispatch.key.up')} <kbd>{'Alt'}</kbd> <kbd>{'Home'}</kbd>{' '}
          {t('dispatch.key.top')}
        </p>
      )}
      {move && <MoveDialog move={move} onClose={() => setMove(undefined)} />}
      {release && (
        <ReasonDialog
          title={t('dispatch.release', { lot: release.lot })}
          confirm={t('dispatch.release.confirm')}
          path={`${jobPath(release.station, release.lot)}/release-place`}
          onClose={() => setRelease(undefined)}
        />
      )}
      {log && <LogDrawer station={log} onClose={() => setLog(undefined)} />}
    </>
  )
}
