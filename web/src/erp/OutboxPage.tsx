import { Button, Code, Modal, TextInput } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import type { ListSearch } from '../list/page'
import { StateTabs } from '../list/StateTabs'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { filterOf, outboxQuery, path, tabOf, tabs, type Message, type Tab } from './message'
import { useKindWord } from './useKindWord'

const route = getRouteApi('/shell/erp')

/** Everything that the ERP is told, and how that went. What could not be delivered can be sent again. */
export function OutboxPage() {
  const t = useT()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(outboxQuery(search))
  const columns = useColumns()
  const go = (change: Partial<ListSearch>, replace = true) =>
    void navigate({ to: '/erp', search: { ...search, cursor: undefined, ...change }, replace })
  const shown = query.data?.items?.find((message) => String(message.id) === search.sel)
  return (
    <ListFrame
      title={t('erp.outbox')}
      actions={
        <>
          {can(useMe(), 'inbox.read') && (
            <Button renderRoot={(props) => <Link to="/erp/inbox" {...props} />}>{t('erp.inbox.title')}</Button>
          )}
          <ShareButton />
          <CsvButton path={path} query={filterOf(search)} />
        </>
      }
      tabs={
        <StateTabs
          noun="erp"
          path={path}
          label={t('list.by_state')}
          value={tabOf(search)}
          onChange={(state) => go({ state: state === 'all' ? undefined : state })}
          tabs={(Object.keys(tabs) as Tab[]).map((tab) => ({
            value: tab,
            label: t(`erp.tab.${tab}`),
            filter: { state: tabs[tab], destination: 'erp' },
          }))}
        />
      }
      tools={<SearchField label={t('erp.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />}
    >
      <ListBody
        query={query}
        empty={
          search.q ? (
            <EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>
          ) : (
            <EmptyState title={t('erp.empty.title')}>{t('erp.empty.text')}</EmptyState>
          )
        }
      >
        {(page) => (
          <>
            <DataTable
              label={t('erp.outbox')}
              columns={columns}
              rows={page.items}
              rowId={(message) => String(message.id)}
              selected={search.sel}
              onOpen={(message) => go({ sel: String(message.id), cursor: search.cursor }, false)}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
      {shown && <MessageDialog message={shown} onClose={() => go({ sel: undefined, cursor: search.cursor })} />}
    </ListFrame>
  )
}

function useColumns(): ColumnDef<Message>[] {
  const t = useT()
  const word = useKindWord()
  return useMemo(
    () => [
      {
        id: 'subject',
        header: t('erp.column.subject'),
        meta: { width: '26%' },
        cell: ({ row: { original: m } }) => (
          <span className="id">
            <b>{m.subject}</b>
            <small>{m.key}</small>
          </span>
        ),
      },
      { id: 'kind', header: t('erp.column.kind'), meta: { width: '18%' }, cell: ({ row }) => word(row.original.kind) },
      {
        id: 'state',
        header: t('list.by_state'),
        meta: { width: '28%' },
        cell: ({ row: { original: m } }) => (
          <>
            <Status of="delivery" state={m.state} />
            {m.state !== 'delivered' && m.last_error && <small title={m.last_error}>{m.last_error}</small>}
          </>
        ),
      },
      {
        id: 'attempts',
        header: t('erp.column.attempts'),
        meta: { width: '8%', numeric: true },
        cell: ({ row }) => row.original.attempts,
      },
      {
        id: 'at',
        header: t('erp.column.at'),
        meta: { width: '20%' },
        cell: ({ row: { original: m } }) => (
          <>
            <Time value={m.delivered_at ?? m.created_at} />
            {m.state === 'pending' && m.next_attempt && m.attempts > 0 && (
              <small>
                {t('erp.next')} <Time value={m.next_attempt} form="seconds" />
              </small>
            )}
          </>
        ),
      },
    ],
    [t, word],
  )
}

function MessageDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const t = useT()
  const me = useMe()
  const word = useKindWord()
  const [done, setDone] = useState(false)
  const [reason, setReason] = useState('')
  const resend = useCommand(() => setDone(true))
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('erp.message', { kind: word(message.kind), subject: message.subject })}
      closeButtonProps={{ 'aria-label': t('message.close') }}
      size="lg"
    >
      <Facts
        rows={[
          [t('list.by_state'), <Status key="s" of="delivery" state={message.state} />],
          [
            t('erp.column.key'),
            <span key="k" className="id">
              {message.key}
            </span>,
          ],
          [t('erp.column.created'), <Time key="c" value={message.created_at} form="full" />],
          [
            t('erp.column.delivered'),
            message.delivered_at && <Time key="d" value={message.delivered_at} form="full" />,
          ],
          [t('erp.column.attempts'), String(message.attempts)],
          [t('erp.column.error'), message.last_error],
          [t('erp.column.answer'), message.answer],
        ]}
      />
      <Code block mt="md">
        {JSON.stringify(message.payload, null, 2)}
      </Code>
      {resend.isError && <ErrorAlert error={resend.error} />}
      {message.state === 'dead' && can(me, 'outbox.resend') && (
        <>
          <TextInput
            mt="md"
            label={t('orders.reason')}
            description={t('orders.reason_help')}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={500}
            disabled={done}
          />
          <Button
            mt="md"
            variant="filled"
            leftSection={<IconRefresh className="icon" aria-hidden />}
            loading={resend.isPending}
            disabled={done || reason.trim() === ''}
            onClick={() => resend.mutate({ path: `${path}/${message.id}/resend`, body: { reason: reason.trim() } })}
          >
            {t('erp.resend')}
          </Button>
        </>
      )}
    </Modal>
  )
}
