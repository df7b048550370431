import { Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { axisOf, threadOf, type Lot } from '../lots/lot'
import { NowText } from '../lots/NowText'
import { ErrorAlert } from '../message/ErrorAlert'
import { routingQuery } from '../plant/plant'
import { MiniThread } from '../thread/MiniThread'
import { duration } from '../time/duration'
import { useNow } from '../time/now'
import { formatDecimal } from '../value/decimal'
import { useLanguage } from '../i18n/i18n'
import type { Order } from './order'
import classes from './orders.module.css'
import { inProcessQuery } from './queries'

const shown = 20

/** The order's lots that are on their way now, each with its thread and what it waits for. */
export function InProcess({ order }: { order: Order }) {
  const t = useT()
  const language = useLanguage()
  const lots = useQuery(inProcessQuery(order.number, shown))
  const routing = useQuery(routingQuery(order.product, order.revision))
  const ids = routing.data?.operations.map((operation) => operation.id) ?? []
  const total = lots.data?.total ?? 0
  return (
    <section>
      <h3>
        {t('orders.in_process')}{' '}
        <span>
          {lots.data && t('orders.in_process_count', { count: total, n: formatDecimal(String(total), language) })}
        </span>
        <Link to="/lots" search={{ q: order.number }}>
          {t('orders.all_lots')}
        </Link>
      </h3>
      {lots.isPending && <Rows count={4} />}
      {lots.isError && <ErrorAlert error={lots.error} onRetry={() => void lots.refetch()} />}
      {lots.data && (lots.data.items ?? []).length === 0 && <p className="label">{t('orders.in_process_none')}</p>}
      {lots.data && (lots.data.items ?? []).length > 0 && (
        <Table className={classes.lots}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('lots.column.lot')}</Table.Th>
              <Table.Th scope="col">
                <span className={classes.axis}>
                  {axisOf(ids).map((id) => (
                    <span key={id}>{id}</span>
                  ))}
                </span>
              </Table.Th>
              <Table.Th scope="col">{t('lots.column.now')}</Table.Th>
              <Table.Th scope="col">{t('lots.column.for')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(lots.data.items ?? []).map((lot) => (
              <Row key={lot.lot} lot={lot} nodes={threadOf(lot, routing.data)} />
            ))}
          </Table.Tbody>
        </Table>
      )}
      {total > shown && <p className="label">{t('orders.more_lots', { n: total - shown })}</p>}
    </section>
  )
}

function Row({ lot, nodes }: { lot: Lot; nodes: ReturnType<typeof threadOf> }) {
  const t = useT()
  const now = useNow()
  const at = nodes.findIndex((node) => node.state !== 'done')
  const label = t('lots.thread', { at: lot.operation ?? '', n: Math.max(0, at), total: nodes.length })
  return (
    <Table.Tr>
      <Table.Td>
        <Link to="/lots/$lot" params={{ lot: lot.lot }} className={classes.lotLink} aria-label={lot.lot}>
          <ShortId id={lot.lot} />
        </Link>
      </Table.Td>
      <Table.Td>
        <MiniThread nodes={nodes} label={label} />
      </Table.Td>
      <Table.Td>
        <NowText lot={lot} />
      </Table.Td>
      <Table.Td>{lot.wait?.since && duration(t, now - new Date(lot.wait.since).getTime())}</Table.Td>
    </Table.Tr>
  )
}

/** …004420: in a narrow column the end of the number is what tells lots apart. */
function ShortId({ id }: { id: string }) {
  const m = /^(.*?)(\d{0,2})(\d{4})$/.exec(id)
  if (!m || m[1] === '') return <span className="id">{id}</span>
  return (
    <span className="id">
      …{m[2]}
      <b>{m[3]}</b>
    </span>
  )
}
