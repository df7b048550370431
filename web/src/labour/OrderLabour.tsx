import { Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useT } from '../i18n/i18n'
import { CsvButton } from '../list/ListTools'
import { can, useMe } from '../session/session'
import { Quantity } from '../value/Quantity'
import { orderLabourQuery, workTime } from './labour'
import classes from './labour.module.css'

/** What an order cost in people's time, by operation and person, with what the figure is made of. */
export function OrderLabour({ order }: { order: string }) {
  const t = useT()
  const may = can(useMe(), 'labour.read')
  const { data } = useQuery({ ...orderLabourQuery(order), enabled: may })
  if (!may || !data) return null
  const rows = data.rows ?? []
  return (
    <section className={classes.order}>
      <h3>
        {t('labour.title')}{' '}
        <span>
          {rows.length === 0 && t('labour.order_none')}
          {rows.length > 0 &&
            (data.hours_per_piece
              ? t('labour.order_sum_piece', {
                  sum: workTime(t, data.ms),
                  good: data.good,
                  each: workTime(t, data.ms / Number(data.good)),
                })
              : t('labour.order_sum', { sum: workTime(t, data.ms) }))}
        </span>
      </h3>
      {rows.length > 0 && (
        <>
          <Table aria-label={t('labour.title')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('labour.column.operation')}</Table.Th>
                <Table.Th scope="col">{t('labour.column.person')}</Table.Th>
                <Table.Th scope="col" className="num">
                  {t('labour.column.time')}
                </Table.Th>
                <Table.Th scope="col" className="num">
                  {t('labour.column.hours')}
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <Table.Tr key={`${row.operation}/${row.account}`}>
                  <Table.Td>
                    {row.operation} {row.operation_name}
                  </Table.Td>
                  <Table.Td>{row.name || row.account}</Table.Td>
                  <Table.Td className="num">
                    {workTime(t, row.ms)}
                    {row.open && ` ${t('labour.so_far')}`}
                    {row.cut && ` ${t('labour.cut')}`}
                  </Table.Td>
                  <Table.Td className="num">
                    <Quantity value={row.hours} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <CsvButton path={`/work-orders/${encodeURIComponent(order)}/labour`} query={{}} />
        </>
      )}
    </section>
  )
}
