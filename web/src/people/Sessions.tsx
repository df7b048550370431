import { Button, Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Time } from '../time/Time'
import { mySessionsQuery, personPath, sessionsQuery, type Session } from './people'

/** Where a person is signed in; whoever may can end it at once. */
export function Sessions({ id }: { id: string }) {
  const query = useQuery(sessionsQuery(id))
  return <List query={query} path={`${personPath(id)}/sessions/revoke`} may={can(useMe(), 'account.manage')} />
}

/** My own. */
export function MySessions() {
  return <List query={useQuery(mySessionsQuery)} path="/me/sessions/revoke" may />
}

interface Props {
  query: { data?: { items: Session[] | null }; error: unknown; isPending: boolean; refetch: () => unknown }
  path: string
  may: boolean
}

function List({ query, path, may }: Props) {
  const t = useT()
  const end = useCommand()
  if (query.isPending) return <Rows count={3} />
  if (!query.data) return <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />
  const items = query.data.items ?? []
  if (items.length === 0) return <EmptyState title={t('people.session.none')} />
  const others = items.filter((s) => !s.mine)
  return (
    <>
      {end.isError && <ErrorAlert error={end.error} />}
      <Table aria-label={t('people.sessions')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('people.session.where')}</Table.Th>
            <Table.Th scope="col">{t('people.session.since')}</Table.Th>
            <Table.Th scope="col">{t('people.session.seen')}</Table.Th>
            <Table.Th scope="col">{t('people.session.end')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((s) => (
            <Table.Tr key={s.id}>
              <Table.Td>
                {s.station ? `${s.station}, ${s.source}` : s.source}
                {s.mine && <small className="label"> {t('people.session.mine')}</small>}
              </Table.Td>
              <Table.Td>
                <Time value={s.started_at} zone={false} />
              </Table.Td>
              <Table.Td>
                <Time value={s.last_seen} zone={false} />
              </Table.Td>
              <Table.Td>
                {may && !s.mine && (
                  <Button
                    size="compact-sm"
                    loading={end.isPending}
                    onClick={() => end.mutate({ path, body: { id: s.id } })}
                  >
                    {t('people.session.end')}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {may && others.length > 1 && (
        <Button mt="md" loading={end.isPending} onClick={() => end.mutate({ path, body: {} })}>
          {t('people.session.end_all', { count: others.length })}
        </Button>
      )}
    </>
  )
}
