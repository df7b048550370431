import { Table } from '@mantine/core'
import type { Schemas } from '../api/http'
import { useLanguage, useT } from '../i18n/i18n'
import { shortHash } from '../sign/sign'
import { Time } from '../time/Time'
import { formatDecimal } from '../value/decimal'
import classes from './record.module.css'

interface Props {
  labour?: Schemas['RecordLabour'][] | null
  documents?: Schemas['RecordDocument'][] | null
}

/** Who worked how long, and by which revisions of which documents, as the record holds it. */
export function Work({ labour, documents }: Props) {
  return (
    <>
      {(labour ?? []).length > 0 && <Labour rows={labour!} />}
      {(documents ?? []).length > 0 && <Documents rows={documents!} />}
    </>
  )
}

function Labour({ rows }: { rows: Schemas['RecordLabour'][] }) {
  const t = useT()
  const language = useLanguage()
  const hours = rows.reduce((sum, row) => sum + row.ms, 0) / 3_600_000
  return (
    <section aria-labelledby="labour">
      <header className={classes.head}>
        <h2 id="labour">{t('records.labour')}</h2>
        <p>{t('records.labour.total', { hours: formatDecimal(hours.toFixed(2), language) })}</p>
      </header>
      <Table.ScrollContainer minWidth={500} type="native">
        <Table className={classes.table} aria-labelledby="labour">
          <Table.Thead>
            <Table.Tr>
              {(['operation', 'person', 'hours', 'remark'] as const).map((name) => (
                <Table.Th key={name} scope="col">
                  {t(`records.labour.column.${name}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={`${row.operation}/${row.visit}/${row.person}`}>
                <Table.Td>
                  {row.operation}
                  {(row.visit ?? 0) > 1 && `, ${t('record.visit', { n: row.visit })}`}
                </Table.Td>
                <Table.Td className="id">{row.person}</Table.Td>
                <Table.Td className={classes.value}>
                  <b>{formatDecimal(row.hours, language)}</b>
                </Table.Td>
                <Table.Td>
                  {[row.cut && t('records.labour.cut'), row.corrected && t('records.labour.corrected')]
                    .filter(Boolean)
                    .join(', ')}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  )
}

function Documents({ rows }: { rows: Schemas['RecordDocument'][] }) {
  const t = useT()
  return (
    <section aria-labelledby="made-by">
      <header className={classes.head}>
        <h2 id="made-by">{t('records.documents')}</h2>
      </header>
      <Table.ScrollContainer minWidth={700} type="native">
        <Table className={classes.table} aria-labelledby="made-by">
          <Table.Thead>
            <Table.Tr>
              {(['document', 'frozen', 'read', 'hash'] as const).map((name) => (
                <Table.Th key={name} scope="col">
                  {t(`records.documents.column.${name}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={`${row.kind}/${row.id}/${row.revision}/${row.routing}`}>
                <Table.Td>
                  <b className="id">{row.id}</b> {t('record.rev', { revision: row.revision })}
                  <br />
                  <small className="label">{t(`records.documents.kind.${row.kind}`)}</small>
                </Table.Td>
                <Table.Td>
                  <Time value={row.frozen_at} form="full" />
                </Table.Td>
                <Table.Td>
                  {(row.read ?? []).map((reading) => (
                    <div key={reading.person}>
                      <span className="id">{reading.person}</span> <Time value={reading.at} form="full" />
                    </div>
                  ))}
                </Table.Td>
                <Table.Td className="id" title={row.hash}>
                  {shortHash(row.hash)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  )
}
