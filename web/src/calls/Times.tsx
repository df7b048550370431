import { SegmentedControl, Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { duration } from '../time/duration'
import { kindName, timesQuery, type CallTally } from './call'

const groups = ['kind', 'station', 'shift'] as const
type By = (typeof groups)[number]

/** How long people took to come, and until it was over: the median, and what nine of ten calls stayed within. */
export function Times({ by, onBy }: { by: By; onBy: (by: By) => void }) {
  const t = useT()
  const query = useQuery(timesQuery(by))
  const rows = query.data?.rows ?? []
  const seconds = (s: number | null | undefined) => (s === null || s === undefined ? '–' : duration(t, s * 1000))
  const name = (r: CallTally) => (by === 'kind' ? kindName(r.group, r.group) : r.group || t('calls.times.no_shift'))
  return (
    <>
      <SegmentedControl
        aria-label={t('calls.times.by')}
        data={groups.map((group) => ({ value: group, label: t(`calls.times.by.${group}`) }))}
        value={by}
        onChange={(value) => onBy(value as By)}
      />
      <p className="label">{t('calls.times.last_30')}</p>
      {query.isPending && <Rows />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && rows.length === 0 && (
        <EmptyState title={t('calls.times.empty')}>{t('calls.empty.text')}</EmptyState>
      )}
      {rows.length > 0 && (
        <Table.ScrollContainer minWidth={0} type="native">
          <Table aria-label={t('calls.tab.times')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t(`calls.times.by.${by}`)}</Table.Th>
                {(['calls', 'open', 'escalated', 'respond', 'respond_p90', 'resolve', 'resolve_p90'] as const).map(
                  (column) => (
                    <Table.Th key={column} scope="col" className="num">
                      {t(`calls.times.${column}`)}
                    </Table.Th>
                  ),
                )}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((r) => (
                <Table.Tr key={r.group}>
                  <Table.Th scope="row">{name(r)}</Table.Th>
                  <Table.Td className="num">{r.calls}</Table.Td>
                  <Table.Td className="num">{r.open}</Table.Td>
                  <Table.Td className="num">{r.escalated}</Table.Td>
                  <Table.Td className="num">{seconds(r.respond_median_s)}</Table.Td>
                  <Table.Td className="num">{seconds(r.respond_p90_s)}</Table.Td>
                  <Table.Td className="num">{seconds(r.resolve_median_s)}</Table.Td>
                  <Table.Td className="num">{seconds(r.resolve_p90_s)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </>
  )
}
