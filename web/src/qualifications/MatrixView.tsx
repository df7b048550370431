import { Select, Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconCircleCheck, IconCircleMinus } from '@tabler/icons-react'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { SearchField } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { stationsQuery } from '../stations/station'
import { Note, Status } from '../status/Status'
import { wordFor } from '../status/vocabulary'
import { Time } from '../time/Time'
import { best, matrixQuery, type Matrix, type MatrixCell, type QualificationSearch } from './qualification'
import classes from './qualifications.module.css'

interface Props {
  search: QualificationSearch
  go: (change: Partial<QualificationSearch>) => void
}

/** People by skills. With a station: who may work there today, and what the others lack. */
export function MatrixView({ search, go }: Props) {
  const t = useT()
  const query = useQuery(matrixQuery(search.station))
  const stations = useQuery(stationsQuery)
  return (
    <>
      <div className={classes.tools}>
        <SearchField
          label={t('qualifications.search_people')}
          value={search.q}
          onChange={(q) => go({ q: q || undefined })}
        />
        <Select
          aria-label={t('qualifications.at_station')}
          placeholder={t('qualifications.any_station')}
          clearable
          clearButtonProps={{ 'aria-label': t('list.clear') }}
          searchable
          data={(stations.data ?? []).map((s) => ({ value: s.id, label: `${s.id} ${s.name}` }))}
          value={search.station ?? null}
          onChange={(station) => go({ station: station ?? undefined })}
        />
      </div>
      {query.isPending && <Rows />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Grid matrix={query.data} search={search} />}
    </>
  )
}

function Grid({ matrix, search }: { matrix: Matrix; search: QualificationSearch }) {
  const t = useT()
  const needle = search.q?.toLowerCase() ?? ''
  const people = (matrix.people ?? []).filter((p) => `${p.account} ${p.name}`.toLowerCase().includes(needle))
  // Whom one looks for stands first.
  if (search.station) people.sort((a, b) => Number(b.may) - Number(a.may))
  const skills = matrix.skills ?? []
  const needs = matrix.needs ?? []
  if (skills.length === 0)
    return <EmptyState title={t('qualifications.empty.title')}>{t('qualifications.empty.text')}</EmptyState>
  if (people.length === 0) return <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
  return (
    <>
      {search.station && (
        <p>
          {needs.length === 0
            ? t('qualifications.needs_none', { station: search.station })
            : t('qualifications.needs', {
                station: search.station,
                needs: [...new Set(needs.map((n) => `${n.need.id} ${n.need.level}`))].join(', '),
              })}
        </p>
      )}
      <Table.ScrollContainer minWidth={0} type="native">
        <Table className={classes.matrix} aria-label={t('qualifications.tab.matrix')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('qualifications.column.person')}</Table.Th>
              {search.station && (
                <Table.Th scope="col">{t('qualifications.column.may', { station: search.station })}</Table.Th>
              )}
              {skills.map((s) => (
                <Table.Th key={s.id} scope="col" title={s.description}>
                  {s.name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {people.map((p) => (
              <Table.Tr key={p.account}>
                <Table.Th scope="row">
                  {p.name}
                  <small className="id">{p.account}</small>
                </Table.Th>
                {search.station && (
                  <Table.Td>
                    {p.may ? (
                      <Note tone="plain" icon={IconCircleCheck} size="body">
                        {t('qualifications.may')}
                      </Note>
                    ) : (
                      <Note tone="plain" icon={IconCircleMinus} size="body">
                        {t('qualifications.lacks', { what: (p.lacks ?? []).join(', ') })}
                      </Note>
                    )}
                  </Table.Td>
                )}
                {skills.map((s) => (
                  <Table.Td key={s.id}>
                    <Cell cell={best(p, s.id)} />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  )
}

function Cell({ cell }: { cell?: MatrixCell }) {
  const t = useT()
  if (!cell) return <span className="label">–</span>
  return (
    <>
      <Status of="certificate" state={cell.state}>
        {cell.state === 'valid'
          ? t('qualifications.level', { level: cell.level })
          : `${t('qualifications.level', { level: cell.level })}, ${t(wordFor('certificate', cell.state).key)}`}
      </Status>
      {cell.expires_at && (
        <small>
          {t('qualifications.until')} <Time value={cell.expires_at} form="date" />
        </small>
      )}
    </>
  )
}
