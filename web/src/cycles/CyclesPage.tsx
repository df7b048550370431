import { SegmentedControl, Table } from '@mantine/core'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { answer, api, type Schemas } from '../api/http'
import { useLanguage, useT } from '../i18n/i18n'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ShareButton } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { plantNow } from '../time/now'
import { formatDecimal } from '../value/decimal'
import { Histogram } from './Histogram'

type Cycles = Schemas['StationCycles']

const route = getRouteApi('/shell/cycles')

const periods = ['1', '8', '24', '168'] as const

const since = (hours: string) => new Date(plantNow() - Number(hours) * 3_600_000).toISOString()

const cyclesQuery = (hours: string) =>
  queryOptions({
    queryKey: ['cycles', hours],
    queryFn: () => answer(api.GET('/api/v1/vision/cycles', { params: { query: { from: since(hours) } } })),
  })

/** How long cycles take, station by station, as cameras saw them. */
export function CyclesPage() {
  const t = useT()
  const language = useLanguage()
  const search = route.useSearch()
  const navigate = useNavigate()
  const hours = periods.find((p) => p === search.state) ?? '8'
  const query = useQuery(cyclesQuery(hours))
  const seconds = (value: number) => (value > 0 ? `${formatDecimal(String(value), language)} s` : '–')
  return (
    <ListFrame
      title={t('cycles.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton path="/vision/cycles" query={{ from: since(hours) }} />
        </>
      }
      tools={
        <SegmentedControl
          aria-label={t('cycles.period')}
          value={hours}
          onChange={(state) => void navigate({ to: '/cycles', search: { state }, replace: true })}
          data={periods.map((value) => ({ value, label: t('cycles.hours', { count: Number(value) }) }))}
        />
      }
    >
      <ListBody query={query} empty={<EmptyState title={t('cycles.empty.title')}>{t('cycles.empty.text')}</EmptyState>}>
        {(page) => (
          <>
            <Table.ScrollContainer minWidth={0} type="native">
              <Table aria-label={t('cycles.title')}>
                <Table.Thead>
                  <Table.Tr>
                    {(['station', 'cycles', 'pieces', 'takt', 'median', 'p90', 'range', 'breaks'] as const).map(
                      (name) => (
                        <Table.Th key={name} scope="col">
                          {t(`cycles.column.${name}`)}
                        </Table.Th>
                      ),
                    )}
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {page.items.map((row: Cycles) => (
                    <Table.Tr key={`${row.station}/${row.camera}`}>
                      <Table.Td>
                        <b className="id">{row.station || '–'}</b> <small>{row.camera}</small>
                      </Table.Td>
                      <Table.Td className="num">{row.cycles}</Table.Td>
                      <Table.Td className="num">{row.pieces}</Table.Td>
                      <Table.Td className="num">{seconds(row.takt_s)}</Table.Td>
                      <Table.Td className="num">{seconds(row.median_s)}</Table.Td>
                      <Table.Td className="num">{seconds(row.p90_s)}</Table.Td>
                      <Table.Td className="num">
                        {seconds(row.least_s)} – {seconds(row.most_s)}
                      </Table.Td>
                      <Table.Td className="num">{row.breaks}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
            {page.items.map((row: Cycles) => (
              <Histogram key={`${row.station}/${row.camera}`} row={row} />
            ))}
          </>
        )}
      </ListBody>
    </ListFrame>
  )
}
