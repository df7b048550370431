import { Button } from '@mantine/core'
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { answer, api, type Schemas } from '../api/http'
import { useLanguage, useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import type { ListSearch } from '../list/page'
import { StateTabs } from '../list/StateTabs'
import { EmptyState } from '../message/EmptyState'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { formatDecimal } from '../value/decimal'
import { AnswerDialog } from '../vision/AnswerDialog'

type Count = Schemas['StockCount']

const route = getRouteApi('/shell/counts')
const path = '/stock-counts'

const countsQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['counts', 'list', search.state, search.q, search.cursor],
    queryFn: () =>
      answer(
        api.GET('/api/v1/stock-counts', {
          params: { query: { open: search.state !== 'all', q: search.q, cursor: search.cursor, limit: 50 } },
        }),
      ),
    placeholderData: keepPreviousData,
  })

/** What cameras counted, beside what the ledger says. A difference is shown, and answered by a person. */
export function CountsPage() {
  const t = useT()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(countsQuery(search))
  const [answering, setAnswering] = useState<Count>()
  const columns = useColumns(setAnswering)
  const go = (change: Partial<ListSearch>, replace = true) =>
    void navigate({ to: '/counts', search: { ...search, cursor: undefined, ...change }, replace })
  return (
    <ListFrame
      title={t('counts.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton path={path} query={{ q: search.q, open: search.state === 'all' ? undefined : 'true' }} />
        </>
      }
      tabs={
        <StateTabs
          noun="counts"
          path={path}
          label={t('list.by_state')}
          value={search.state ?? 'open'}
          onChange={(state) => go({ state: state === 'open' ? undefined : state })}
          tabs={[
            { value: 'open', label: t('counts.tab.open'), filter: { open: 'true' } },
            { value: 'all', label: t('counts.tab.all'), filter: {} },
          ]}
        />
      }
      tools={<SearchField label={t('counts.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />}
    >
      <p className="label">{t('counts.rule')}</p>
      <ListBody query={query} empty={<EmptyState title={t('counts.empty.title')}>{t('counts.empty.text')}</EmptyState>}>
        {(page) => (
          <>
            <DataTable
              label={t('counts.title')}
              columns={columns}
              rows={page.items}
              rowId={(count) => count.id}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} />
          </>
        )}
      </ListBody>
      {answering && (
        <AnswerDialog
          event={answering.id}
          title={t('counts.answer_title', { material: answering.material, place: answering.place || '–' })}
          text={t('counts.answer_text')}
          answers={['accepted', 'recount', 'adjust']}
          onClose={() => setAnswering(undefined)}
        />
      )}
    </ListFrame>
  )
}

function useColumns(onAnswer: (count: Count) => void): ColumnDef<Count>[] {
  const t = useT()
  const me = useMe()
  const language = useLanguage()
  return useMemo(() => {
    const number = (value: string | undefined, unit?: string) =>
      value === undefined ? '–' : `${formatDecimal(value, language)}${unit ? ` ${unit}` : ''}`
    return [
      {
        id: 'material',
        header: t('counts.column.material'),
        meta: { width: '20%' },
        cell: ({ row: { original: c } }) => (
          <>
            <b className="id">{c.material || '–'}</b>
            <small>{c.name || t('counts.unknown_material')}</small>
          </>
        ),
      },
      {
        id: 'place',
        header: t('counts.column.place'),
        meta: { width: '14%' },
        cell: ({ row: { original: c } }) => (
          <>
            {c.place || '–'}
            <small>{c.camera}</small>
          </>
        ),
      },
      {
        id: 'counted',
        header: t('counts.column.counted'),
        meta: { width: '10%', numeric: true },
        cell: ({ row: { original: c } }) => number(c.counted, c.unit),
      },
      {
        id: 'ledger',
        header: t('counts.column.ledger'),
        meta: { width: '12%', numeric: true },
        cell: ({ row: { original: c } }) => (
          <>
            {number(c.ledger, c.unit)}
            {c.ledger_of && <small>{t(`counts.of_${c.ledger_of === 'station' ? 'station' : 'site'}`)}</small>}
          </>
        ),
      },
      {
        id: 'difference',
        header: t('counts.column.difference'),
        meta: { width: '14%' },
        cell: ({ row: { original: c } }) => <Difference count={c} text={number(c.difference, c.unit)} />,
      },
      {
        id: 'at',
        header: t('vision.column.captured'),
        meta: { width: '13%' },
        cell: ({ row: { original: c } }) => <Time value={c.captured_at} />,
      },
      {
        id: 'answer',
        header: t('counts.column.answer'),
        meta: { width: '17%' },
        cell: ({ row: { original: c } }) =>
          c.answer ? (
            <>
              {t(`vision.answer.${c.answer.answer}`)}
              <small title={c.answer.reason}>
                {c.answer.by}: {c.answer.reason}
              </small>
            </>
          ) : (
            can(me, 'vision.answer') && (
              <Button size="compact-sm" onClick={() => onAnswer(c)}>
                {t('counts.answer')}
              </Button>
            )
          ),
      },
    ]
  }, [t, me, language, onAnswer])
}

function Difference({ count, text }: { count: Count; text: string }) {
  if (count.difference === undefined) return <>–</>
  const none = Number(count.difference) === 0
  return (
    <>
      <Status of="count" state={none ? 'equal' : Number(count.difference) < 0 ? 'short' : 'over'} />
      {!none && <small>{text}</small>}
    </>
  )
}
