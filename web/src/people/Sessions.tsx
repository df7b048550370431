import { Button, Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Time } from '../time/Time'
import { mySessionsQuery, personPath, sessionsQuery, type Session } from './people'
import { Reason } from './ReasonDialog'

/** Where a person is signed in; whoever may can end it at once. */
export function Sessions({ id }: { id: string }) {
  const query = useQuery(sessionsQuery(id))
  return (
    <List query={query} path={`${personPath(id)}/sessions/revoke`} may={can(useMe(), 'account.manage')} person={id} />
  )
}

/** My own. */
export function MySessions() {
  return <List query={useQuery(mySessionsQuery)} path="/me/sessions/revoke" may />
}

interface Props {
  query: { data?: { items: Session[] | null }; error: unknown; isPending: boolean; refetch: () => unknown }
  path: string
  may: boolean
  /** Whose they are, when they are not mine: to end them asks for a reason. */
  person?: string
}

function List({ query, path, may, person }: Props) {
  const t = useT()
  const end = useCommand()
  const [asking, setAsking] = useState<{ id?: number }>()
  const finish = (which: { id?: number }) => (person ? setAsking(which) : end.mutate({ path, body: which }))
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
                  <Button size="compact-sm" loading={end.isPending} onClick={() => finish({ id: s.id })}>
                    {t('people.session.end')}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {may && others.length > 1 && (
        <Button mt="md" loading={end.isPending} onClick={() => finish({})}>
          {t('people.session.end_all', { count: others.length })}
        </Button>
      )}
      {asking && person && (
        <EndSessions path={path} which={asking} person={person} onClose={() => setAsking(undefined)} />
      )}
    </>
  )
}

interface EndProps {
  path: string
  which: { id?: number }
  person: string
  onClose: () => void
}

function EndSessions({ path, which, person, onClose }: EndProps) {
  const t = useT()
  const [reason, setReason] = useState('')
  const end = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t(which.id ? 'people.session.end_title' : 'people.session.end_all_title', { id: person })}
      confirm={t('people.session.end')}
      tone="crit"
      busy={end.isPending}
      disabled={reason.trim().length < 3}
      error={end.error}
      onConfirm={() => end.mutate({ path, body: { ...which, reason: reason.trim() } })}
    >
      <p>{t('people.session.end_text')}</p>
      <Reason value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}
