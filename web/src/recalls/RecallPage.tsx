import { Anchor, Breadcrumbs, Button, Table, Tabs, Textarea } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { CsvButton, ShareButton } from '../list/ListTools'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Note, Status } from '../status/Status'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { Id, Quantity } from '../value/Quantity'
import { path, recallQuery, shares, type RecalledLot, type RecallReport } from './recall'
import classes from './recalls.module.css'

const route = getRouteApi('/shell/recalls/$id')

/** One recall: the sheet that accounts for every piece, who has some, and each lot. */
export function RecallPage() {
  const { id } = route.useParams()
  const query = useQuery(recallQuery(id))
  return (
    <article className={classes.page}>
      {query.isPending && <Rows />}
      {query.isError && !query.data && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Detail report={query.data} />}
    </article>
  )
}

function Detail({ report }: { report: RecallReport }) {
  const t = useT()
  const me = useMe()
  const [complete, setComplete] = useState(false)
  const open = !report.completed_at && can(me, 'recall.complete')
  return (
    <>
      <Breadcrumbs separator="/" component="nav" aria-label={t('recalls.title')}>
        <Anchor renderRoot={(props) => <Link to="/recalls" {...props} />}>{t('recalls.title')}</Anchor>
        <span className="id">{report.id}</span>
      </Breadcrumbs>
      <div className={classes.head}>
        <h1>{t(report.mock ? 'recalls.heading_mock' : 'recalls.heading_real', { id: report.id, lot: report.lot })}</h1>
        <Note tone={report.balanced ? 'plain' : 'crit'} icon={report.balanced ? IconCircleCheck : IconAlertTriangle}>
          {report.balanced ? t('recalls.balanced') : t('recalls.unbalanced')}
        </Note>
        <span className="grow" />
        <ShareButton />
        <CsvButton path={`${path}/${report.id}`} query={{}} />
        {open && (
          <Button variant="filled" onClick={() => setComplete(true)}>
            {t('recalls.complete')}
          </Button>
        )}
      </div>
      <Facts
        rows={[
          [t('orders.reason'), report.reason],
          [t('recalls.column.started'), <Time key="s" value={report.started_at} form="full" />],
          [t('recalls.started_by'), report.started_by],
          [t('recalls.traced'), t('recalls.took', { ms: report.trace_ms })],
          [t('recalls.completed'), report.completed_at && <Time key="c" value={report.completed_at} form="full" />],
          [t('recalls.completed_who'), report.completed_by],
          [t('recalls.note'), report.note],
          [t('recalls.hash'), <code key="h">{report.hash.slice(0, 16)}…</code>],
        ]}
      />
      {report.found.truncated && (
        <Note tone="crit" icon={IconAlertTriangle}>
          {t('recalls.truncated')}
        </Note>
      )}
      <Sheet report={report} />
      <Customers report={report} />
      <Lots report={report} />
      {complete && <Complete id={report.id} onClose={() => setComplete(false)} />}
    </>
  )
}

/** Where every piece is, by material. The last column must be empty. */
function Sheet({ report }: { report: RecallReport }) {
  const t = useT()
  return (
    <section aria-labelledby="sheet">
      <h2 id="sheet">{t('recalls.sheet')}</h2>
      <Table.ScrollContainer minWidth={0} type="native" tabIndex={0} aria-label={t('recalls.sheet')} role="group">
        <Table aria-label={t('recalls.sheet')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('recalls.column.material')}</Table.Th>
              <Table.Th scope="col" className="num">
                {t('recalls.column.lots')}
              </Table.Th>
              {shares.map((share) => (
                <Table.Th key={share} scope="col" className="num">
                  {t(`recalls.share.${share}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(report.found.sheet ?? []).map((row) => (
              <Table.Tr key={row.material}>
                <Table.Th scope="row">
                  <b>{row.material}</b> {row.name}
                </Table.Th>
                <Table.Td className="num">{row.lots}</Table.Td>
                {shares.map((share) => (
                  <Table.Td key={share} className="num" data-bad={share === 'missing' && row.missing !== '0'}>
                    <Quantity value={row[share]} unit={share === 'made' ? row.unit : undefined} />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  )
}

function Customers({ report }: { report: RecallReport }) {
  const t = useT()
  const customers = report.found.customers ?? []
  return (
    <section aria-labelledby="customers">
      <div className={classes.head}>
        <h2 id="customers">{t('recalls.at_customers')}</h2>
        <span className="grow" />
        {customers.length > 0 && <CsvButton path={`${path}/${report.id}`} query={{ rows: 'customers' }} />}
      </div>
      {customers.length === 0 && <p>{t('recalls.no_customer')}</p>}
      {customers.length > 0 && (
        <Table aria-label={t('recalls.at_customers')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('recalls.column.customer')}</Table.Th>
              <Table.Th scope="col" className="num">
                {t('recalls.column.pieces')}
              </Table.Th>
              <Table.Th scope="col">{t('recalls.column.notes')}</Table.Th>
              <Table.Th scope="col">{t('recalls.column.shipped')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {customers.map((row) => (
              <Table.Tr key={row.customer}>
                <Table.Th scope="row">{row.customer}</Table.Th>
                <Table.Td className="num">
                  <Quantity value={row.quantity} />
                </Table.Td>
                <Table.Td>{(row.delivery_notes ?? []).join(', ')}</Table.Td>
                <Table.Td>
                  <Time value={row.first} />
                  {row.last !== row.first && (
                    <>
                      {' – '}
                      <Time value={row.last} />
                    </>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </section>
  )
}

const step = 100

function Lots({ report }: { report: RecallReport }) {
  const t = useT()
  const sides = { affected: report.found.affected ?? [], sources: report.found.sources ?? [] }
  return (
    <section aria-label={t('recalls.each_lot')}>
      <Tabs defaultValue="affected" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="affected">{t('recalls.affected', { count: sides.affected.length })}</Tabs.Tab>
          <Tabs.Tab value="sources">{t('recalls.sources', { count: sides.sources.length })}</Tabs.Tab>
        </Tabs.List>
        {(['affected', 'sources'] as const).map((side) => (
          <Tabs.Panel key={side} value={side} pt="sm">
            <LotRows label={t(`recalls.${side}`, { count: sides[side].length })} lots={sides[side]} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </section>
  )
}

function LotRows({ label, lots }: { label: string; lots: RecalledLot[] }) {
  const t = useT()
  const [shown, setShown] = useState(step)
  if (lots.length === 0) return <p>{t('recalls.no_lots')}</p>
  return (
    <>
      <Table aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('recalls.column.lot')}</Table.Th>
            <Table.Th scope="col">{t('recalls.column.material')}</Table.Th>
            <Table.Th scope="col">{t('recalls.column.state')}</Table.Th>
            <Table.Th scope="col">{t('recalls.column.place')}</Table.Th>
            <Table.Th scope="col" className="num">
              {t('recalls.share.made')}
            </Table.Th>
            <Table.Th scope="col" className="num">
              {t('recalls.share.missing')}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lots.slice(0, shown).map((lot) => (
            <Table.Tr key={lot.lot}>
              <Table.Th scope="row">
                <Anchor renderRoot={(props) => <Link to="/lots/$lot" params={{ lot: lot.lot }} {...props} />}>
                  <Id>{lot.lot}</Id>
                </Anchor>
              </Table.Th>
              <Table.Td>{lot.material}</Table.Td>
              <Table.Td>
                <Status of="lot" state={lot.held ? 'held' : lot.state} />
              </Table.Td>
              <Table.Td>
                {t(`recalls.place.${lot.place as 'stock'}`)}{' '}
                {lot.station ?? (lot.customer ? `${lot.customer}, ${lot.delivery_note}` : '')}
              </Table.Td>
              <Table.Td className="num">
                <Quantity value={lot.made} unit={lot.unit} />
              </Table.Td>
              <Table.Td className="num" data-bad={lot.missing !== '0'}>
                <Quantity value={lot.missing} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {lots.length > shown && (
        <Button mt="sm" onClick={() => setShown(shown + step)}>
          {t('recalls.more', { count: Math.min(step, lots.length - shown) })}
        </Button>
      )}
    </>
  )
}

function Complete({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT()
  const [note, setNote] = useState('')
  const run = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('recalls.complete_title', { id })}
      confirm={t('recalls.complete')}
      busy={run.isPending}
      disabled={!note.trim()}
      error={run.error}
      onConfirm={() => run.mutate({ path: `${path}/${id}/complete`, body: { note: note.trim() } })}
    >
      <Textarea
        label={t('recalls.note')}
        description={t('recalls.note_hint')}
        value={note}
        maxLength={2000}
        autosize
        minRows={3}
        onChange={(event) => setNote(event.currentTarget.value)}
        data-autofocus
      />
    </ConfirmDialog>
  )
}
