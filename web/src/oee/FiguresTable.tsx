import { Table } from '@mantine/core'
import { useLanguage, useT, type Key } from '../i18n/i18n'
import { rounded, shown, type Report } from './figure'
import classes from './oee.module.css'

type Row = NonNullable<Report['rows']>[number]

/** All key figures of ISO 22400-2, of the equipment and of each station of its line, with what they are made of. */
export function FiguresTable({ report }: { report: Report }) {
  const t = useT()
  const rows = report.rows ?? []
  const columns = [...new Set(rows.map((row) => row.equipment))]
  const figures = [...new Set(rows.map((row) => row.figure))]
  const find = (equipment: string, figure: string) =>
    rows.find((row) => row.equipment === equipment && row.figure === figure)
  return (
    <section aria-labelledby="oee-figures">
      <h2 id="oee-figures">{t('oee.figures')}</h2>
      <Table.ScrollContainer minWidth={0} type="native" tabIndex={0} role="group" aria-label={t('oee.figures')}>
        <Table className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('oee.column.figure')}</Table.Th>
              {columns.map((column) => (
                <Table.Th key={column} scope="col" className="num">
                  {column}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {figures.map((figure) => (
              <Table.Tr key={figure}>
                <Table.Th scope="row">
                  {t(`oee.figure.${figure}` as Key)}
                  <small>{t(`oee.made_of.${figure}` as Key)}</small>
                </Table.Th>
                {columns.map((column) => (
                  <Cell key={column} row={find(column, figure)} />
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  )
}

function Cell({ row }: { row?: Row }) {
  const t = useT()
  const language = useLanguage()
  if (!row) return <Table.Td className="num">–</Table.Td>
  const rate = row.unit === 'units/h'
  return (
    <Table.Td className="num">
      {row.value == null ? (
        <span title={t(`oee.why.${row.why}` as Key)}>{t('oee.not_defined')}</span>
      ) : (
        <b>
          {rate ? rounded(Number(row.value), language) : `${rounded(Number(row.value) * 100, language)} %`}
          {row.over && ` ${t('oee.over_short')}`}
        </b>
      )}
      <small>
        {row.value == null
          ? t(`oee.why.${row.why}` as Key)
          : `${shown(row.numerator, row.unit === 'units/h' ? 'units' : row.unit, language)} / ${shown(row.denominator, row.unit, language)} ${t(row.unit === 's' ? 'oee.unit.min' : rate ? 'oee.unit.hours' : 'oee.unit.units')}`}
      </small>
    </Table.Td>
  )
}
