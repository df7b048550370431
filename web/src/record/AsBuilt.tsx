import { SegmentedControl, Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { Given } from '../sign/SignaturePanel'
import { duration } from '../time/duration'
import { zoneName } from '../time/format'
import { useZone } from '../time/site'
import { Time } from '../time/Time'
import { LineRow } from './LineRow'
import { asPlanned, linesOf, recordQuery, type BuiltOperation } from './record'
import classes from './record.module.css'

/** The as-built record: every operation, step, value with its limits, component and verdict, in the order of time. */
export function AsBuilt({ lot }: { lot: string }) {
  const t = useT()
  const zone = useZone()
  const query = useQuery(recordQuery(lot))
  const [show, setShow] = useState('all')
  const operations = query.data?.operations ?? []
  return (
    <section aria-labelledby="as-built">
      <header className={classes.head}>
        <h2 id="as-built">{t('record.title')}</h2>
        <p>{t('record.legend', { zone: zoneName(zone, new Date()) })}</p>
        <SegmentedControl
          className={classes.right}
          aria-label={t('record.show')}
          value={show}
          onChange={setShow}
          data={[
            { value: 'all', label: t('record.all') },
            { value: 'exceptions', label: t('lots.not_as_planned') },
          ]}
        />
      </header>
      {query.isPending && <Rows />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && operations.every((o) => (o.steps ?? []).length === 0) && (
        <EmptyState title={t('record.empty.title')}>{t('record.empty.text')}</EmptyState>
      )}
      {operations.some((o) => (o.steps ?? []).length > 0) && (
        <Table.ScrollContainer minWidth={900} type="native">
          <Table className={classes.table} aria-labelledby="as-built">
            <Table.Thead>
              <Table.Tr>
                {(['time', 'step', 'value', 'against', 'limits', 'machine', 'operator', 'result'] as const).map(
                  (name) => (
                    <Table.Th key={name} scope="col">
                      {t(`record.column.${name}`)}
                    </Table.Th>
                  ),
                )}
              </Table.Tr>
            </Table.Thead>
            {operations.map((operation) => (
              <Operation
                key={`${operation.operation}/${operation.visit}`}
                operation={operation}
                exceptionsOnly={show === 'exceptions'}
                revision={query.data?.revision}
              />
            ))}
          </Table>
        </Table.ScrollContainer>
      )}
      {(query.data?.signatures ?? []).length > 0 && (
        <>
          <h3>{t('record.decisions_signed')}</h3>
          <ol>
            {query.data?.signatures?.map((signature) => (
              <Given key={signature.id} signature={signature} />
            ))}
          </ol>
        </>
      )}
    </section>
  )
}

interface OperationProps {
  operation: BuiltOperation
  exceptionsOnly: boolean
  /** The lot's own revision of its routing: a step says only what differs. */
  revision?: string
}

function Operation({ operation, exceptionsOnly, revision }: OperationProps) {
  const t = useT()
  const steps = (operation.steps ?? []).filter((step) => !exceptionsOnly || !asPlanned(step))
  if (steps.length === 0) return null
  const took =
    operation.started_at && operation.ended_at
      ? duration(t, new Date(operation.ended_at).getTime() - new Date(operation.started_at).getTime())
      : undefined
  return (
    <Table.Tbody>
      <Table.Tr>
        <Table.Th colSpan={8} scope="rowgroup" className={classes.group}>
          {operation.station} {operation.name}
          {operation.visit > 1 && ` (${t('record.visit', { n: operation.visit })})`}
          <span>
            <Time value={operation.started_at} form="seconds" zone={false} />
            {operation.ended_at && (
              <>
                {' – '}
                <Time value={operation.ended_at} form="seconds" zone={false} />, {took}
              </>
            )}
          </span>
        </Table.Th>
      </Table.Tr>
      {steps.flatMap((step, i) =>
        linesOf(step).map((line, j) => (
          <LineRow key={`${i}/${j}`} line={line} note={!asPlanned(step)} revision={revision} />
        )),
      )}
    </Table.Tbody>
  )
}
