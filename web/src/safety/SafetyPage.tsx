import { Button, Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import type { ListSearch } from '../list/page'
import { StateTabs } from '../list/StateTabs'
import { EmptyState } from '../message/EmptyState'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { AnswerDialog } from '../vision/AnswerDialog'
import { PictureView } from '../vision/PictureView'
import { path, safetyQuery, type Safety } from './safety'
import { StopDialog, Stopped } from './Stopped'

const route = getRouteApi('/shell/safety')

/** Dangers that cameras saw, and the stations that are stopped for them. */
export function SafetyPage() {
  const t = useT()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(safetyQuery(search))
  const columns = useColumns()
  const go = (change: Partial<ListSearch>, replace = true) =>
    void navigate({ to: '/safety', search: { ...search, cursor: undefined, ...change }, replace })
  const shown = query.data?.items?.find((event) => event.id === search.sel)
  return (
    <ListFrame
      title={t('safety.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton path={path} query={{ q: search.q, open: search.state === 'all' ? undefined : 'true' }} />
        </>
      }
      tabs={
        <StateTabs
          noun="safety"
          path={path}
          label={t('list.by_state')}
          value={search.state ?? 'open'}
          onChange={(state) => go({ state: state === 'open' ? undefined : state })}
          tabs={[
            { value: 'open', label: t('safety.tab.open'), filter: { open: 'true' } },
            { value: 'all', label: t('safety.tab.all'), filter: {} },
          ]}
        />
      }
      tools={<SearchField label={t('safety.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />}
    >
      <Stopped />
      <ListBody query={query} empty={<EmptyState title={t('safety.empty.title')}>{t('safety.empty.text')}</EmptyState>}>
        {(page) => (
          <>
            <DataTable
              label={t('safety.title')}
              columns={columns}
              rows={page.items}
              rowId={(event) => event.id}
              selected={search.sel}
              onOpen={(event) => go({ sel: event.id, cursor: search.cursor }, false)}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
          </>
        )}
      </ListBody>
      <Modal
        opened={shown !== undefined}
        onClose={() => go({ sel: undefined, cursor: search.cursor })}
        size={720}
        title={shown && t('safety.of', { code: shown.code, station: shown.station || shown.camera })}
        closeButtonProps={{ 'aria-label': t('message.close') }}
      >
        {shown && <Shown event={shown} />}
      </Modal>
    </ListFrame>
  )
}

function Shown({ event }: { event: Safety }) {
  const t = useT()
  const me = useMe()
  const [answering, setAnswering] = useState(false)
  const [stopping, setStopping] = useState(false)
  return (
    <>
      {event.image ? (
        <PictureView
          image={event.image}
          alt={t('safety.of', { code: event.code, station: event.station || event.camera })}
          size={event.picture}
          boxes={event.predictions ?? []}
        />
      ) : (
        <p className="label">{t('safety.no_picture')}</p>
      )}
      <Facts
        rows={[
          [t('safety.column.severity'), <Status key="s" of="severity" state={event.severity} />],
          [t('safety.column.what'), event.code],
          [t('safety.column.where'), [event.station, event.camera].filter(Boolean).join(', ')],
          [t('vision.column.model'), event.model],
          [t('vision.column.captured'), <Time key="t" value={event.captured_at} form="full" />],
          [
            t('safety.answer'),
            event.answer && `${t(`vision.answer.${event.answer.answer}`)}, ${event.answer.by}: ${event.answer.reason}`,
          ],
        ]}
      />
      {!event.answer && can(me, 'vision.answer') && (
        <Button mt="md" variant="filled" onClick={() => setAnswering(true)}>
          {t('safety.acknowledge')}
        </Button>
      )}
      {event.station && !event.stopped && can(me, 'station.stop') && (
        <Button mt="md" ml="sm" color="crit" onClick={() => setStopping(true)}>
          {t('safety.stop')}
        </Button>
      )}
      {stopping && <StopDialog station={event.station!} act="stop" onClose={() => setStopping(false)} />}
      {answering && (
        <AnswerDialog
          event={event.id}
          title={t('safety.acknowledge')}
          text={t('safety.acknowledge_text')}
          answers={['acknowledged', 'false_alarm']}
          onClose={() => setAnswering(false)}
        />
      )}
    </>
  )
}

function useColumns(): ColumnDef<Safety>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'severity',
        header: t('safety.column.severity'),
        meta: { width: '14%' },
        cell: ({ row: { original: e } }) => <Status of="severity" state={e.severity} />,
      },
      {
        id: 'what',
        header: t('safety.column.what'),
        meta: { width: '28%' },
        cell: ({ row: { original: e } }) => <b>{e.code}</b>,
      },
      {
        id: 'where',
        header: t('safety.column.where'),
        meta: { width: '20%' },
        cell: ({ row: { original: e } }) => (
          <>
            <b className="id">{e.station || '–'}</b>
            <small>{e.camera}</small>
          </>
        ),
      },
      {
        id: 'state',
        header: t('list.by_state'),
        meta: { width: '22%' },
        cell: ({ row: { original: e } }) =>
          e.answer ? (
            <>
              {t(`vision.answer.${e.answer.answer}`)}
              <small>{e.answer.by}</small>
            </>
          ) : (
            t('safety.nobody')
          ),
      },
      {
        id: 'at',
        header: t('vision.column.captured'),
        meta: { width: '16%' },
        cell: ({ row: { original: e } }) => <Time value={e.captured_at} />,
      },
    ],
    [t],
  )
}
