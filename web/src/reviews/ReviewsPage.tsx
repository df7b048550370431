import { Button, Kbd, Select, UnstyledButton } from '@mantine/core'
import { IconChartHistogram, IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { ListFrame, Rows } from '../list/ListFrame'
import { SearchField } from '../list/ListTools'
import { StateTabs } from '../list/StateTabs'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { useKeys } from '../scan/ScanProvider'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { wordOf } from '../vision/vision'
import { ExportDialog } from './ExportDialog'
import { facetsQuery, filterOf, path, queueQuery, tabOf, tabs, type Review, type ReviewSearch } from './review'
import { ReviewPanel } from './ReviewPanel'
import classes from './reviews.module.css'

const route = getRouteApi('/shell/reviews')

/** Pictures that wait for a person, one after the other. */
export function ReviewsPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(queueQuery(search))
  const [exporting, setExporting] = useState(false)
  const items = query.data?.items ?? []
  const at = Math.max(
    items.findIndex((item) => item.id === search.sel),
    0,
  )
  const shown = search.sel ?? items[0]?.id
  const go = (change: Partial<ReviewSearch>) =>
    void navigate({ to: '/reviews', search: { ...search, cursor: undefined, ...change }, replace: true })
  const step = (by: number) => items[at + by] && go({ sel: items[at + by]!.id, cursor: search.cursor })
  useKeys((key) => {
    if (key === 'n' || key === 'ArrowDown') step(1)
    else if (key === 'k' || key === 'ArrowUp') step(-1)
    else return false
    return true
  }, !exporting)
  return (
    <ListFrame
      title={t('reviews.title')}
      actions={
        <>
          <Button
            leftSection={<IconChartHistogram className="icon" aria-hidden />}
            renderRoot={(props) => <Link to="/reviews/agreement" {...props} />}
          >
            {t('reviews.agreement.title')}
          </Button>
          {can(me, 'vision.export') && (
            <Button leftSection={<IconDownload className="icon" aria-hidden />} onClick={() => setExporting(true)}>
              {t('reviews.export.open')}
            </Button>
          )}
        </>
      }
      tabs={
        <StateTabs
          noun="reviews"
          path={path}
          label={t('list.by_state')}
          value={tabOf(search)}
          onChange={(state) => go({ state, sel: undefined })}
          tabs={tabs.map((tab) => ({
            value: tab,
            label: t(`reviews.tab.${tab}`),
            filter: { ...filterOf(search), state: tab === 'all' ? undefined : tab },
          }))}
        />
      }
      tools={<Tools search={search} go={go} />}
    >
      {query.isPending && <Rows />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && items.length === 0 && !search.sel && (
        <EmptyState title={t('reviews.empty.title')}>{t('reviews.empty.text')}</EmptyState>
      )}
      {shown && (
        <div className={classes.desk}>
          <nav className={classes.queue} aria-label={t('reviews.queue')}>
            <ol>
              {items.map((item) => (
                <QueueRow
                  key={item.id}
                  item={item}
                  current={item.id === shown}
                  onOpen={() => go({ sel: item.id, cursor: search.cursor })}
                />
              ))}
            </ol>
            {query.data?.next && (
              <Button size="compact-sm" onClick={() => go({ cursor: query.data.next, sel: undefined })}>
                {t('list.next')}
              </Button>
            )}
          </nav>
          <ReviewPanel
            key={shown}
            id={shown}
            onDone={() => go({ sel: (items[at + 1] ?? items[at - 1])?.id, cursor: search.cursor })}
          />
        </div>
      )}
      <p className={classes.keys} aria-hidden>
        <Kbd>N</Kbd> {t('reviews.key.next')} <Kbd>K</Kbd> {t('reviews.key.previous')} <Kbd>P</Kbd>{' '}
        {t('reviews.key.pass')} <Kbd>F</Kbd> {t('reviews.key.fail')} <Kbd>U</Kbd> {t('reviews.key.unsure')} <Kbd>L</Kbd>{' '}
        {t('reviews.key.label')} <Kbd>B</Kbd> {t('reviews.key.boxes')} <Kbd>+</Kbd> <Kbd>-</Kbd> {t('reviews.key.zoom')}
      </p>
      {exporting && <ExportDialog search={search} onClose={() => setExporting(false)} />}
    </ListFrame>
  )
}

function QueueRow({ item, current, onOpen }: { item: Review; current: boolean; onOpen: () => void }) {
  const t = useT()
  return (
    <li>
      <UnstyledButton className={classes.row} aria-current={current || undefined} onClick={onOpen} data-id={item.id}>
        <span>
          <b className="id">{item.lot || item.camera}</b>
          <Status of="verdict" state={wordOf(item.verdict)} />
        </span>
        <small>
          {item.camera} · <Time value={item.captured_at} />
          {item.lot_waits && ` · ${t('reviews.lot_waits')}`}
          {item.sampled && ` · ${t('reviews.sampled')}`}
        </small>
      </UnstyledButton>
    </li>
  )
}

function Tools({ search, go }: { search: ReviewSearch; go: (change: Partial<ReviewSearch>) => void }) {
  const t = useT()
  const facets = useQuery(facetsQuery)
  const pick = (name: 'camera' | 'model' | 'class', data: string[] | null | undefined) => (
    <Select
      key={name}
      aria-label={t(`reviews.by.${name}`)}
      placeholder={t(`reviews.by.${name}`)}
      clearable
      clearButtonProps={{ 'aria-label': t('list.clear') }}
      data={data ?? []}
      value={search[name] ?? null}
      onChange={(value) => go({ [name]: value ?? undefined, sel: undefined })}
    />
  )
  return (
    <>
      <SearchField
        label={t('reviews.search')}
        value={search.q}
        onChange={(q) => go({ q: q || undefined, sel: undefined })}
      />
      {pick('camera', facets.data?.cameras)}
      {pick('model', facets.data?.models)}
      {pick('class', facets.data?.classes)}
      <Select
        aria-label={t('reviews.by.verdict')}
        placeholder={t('reviews.by.verdict')}
        clearable
        clearButtonProps={{ 'aria-label': t('list.clear') }}
        data={(['pass', 'fail', 'undecided'] as const).map((value) => ({
          value,
          label: t(`status.verdict.${value === 'undecided' ? 'review' : value}`),
        }))}
        value={search.verdict ?? null}
        onChange={(value) => go({ verdict: value ?? undefined, sel: undefined })}
      />
    </>
  )
}
