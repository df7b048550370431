import { Button, SegmentedControl, Table } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useLanguage, useT } from '../i18n/i18n'
import { Status } from '../status/Status'
import { formatDecimal } from '../value/decimal'
import { DeviationList } from './Deviations'
import { worstOf, type Deviation, type OrderRecord } from './historyRecord'
import classes from './record.module.css'
import { useOutcome } from './Sentence'
import { shortHash } from '../sign/sign'

/** How many rows are drawn at once: an order may have thousands of lots. */
const step = 100

interface Row {
  lot: string
  outcome?: string
  good: string
  scrapped: string
  hash: string
  deviations: Deviation[]
}

function rowsOf(record: OrderRecord): Row[] {
  const summaries = new Map((record.lots ?? []).map((l) => [l.lot, l.deviations ?? []]))
  return (record.content.lots ?? []).map((l) => ({ ...l, deviations: summaries.get(l.lot) ?? [] }))
}

/** What was not as planned in any lot, with the lot's name before it. */
export function LotDeviations({ record }: { record: OrderRecord }) {
  const t = useT()
  const [shown, setShown] = useState(step)
  const rows = rowsOf(record)
  const off = rows.filter((row) => row.deviations.length > 0)
  const all = off.flatMap((row) => row.deviations.map((deviation) => ({ lot: row.lot, deviation })))
  return (
    <section aria-labelledby="lot-deviations">
      <header className={classes.head}>
        <h2 id="lot-deviations">{t('records.deviations.lots')}</h2>
        <p>
          {all.length === 0
            ? t('records.lots.none')
            : t('records.deviations.in_lots', {
                count: all.length,
                lots: off.length,
                total: rows.length,
                rest: rows.length - off.length,
              })}
        </p>
      </header>
      {all.slice(0, shown).map(({ lot, deviation }, i) => (
        <DeviationList key={i} lot={lot} deviations={[deviation]} />
      ))}
      <More left={all.length - shown} onMore={() => setShown(shown + step)} />
    </section>
  )
}

function More({ left, onMore }: { left: number; onMore: () => void }) {
  const t = useT()
  if (left <= 0) return null
  return (
    <Button className="no-print" mt="sm" onClick={onMore}>
      {t('records.lots.more', { n: Math.min(left, step) })}
    </Button>
  )
}

export function Lots({ record }: { record: OrderRecord }) {
  const t = useT()
  const [show, setShow] = useState('all')
  const [shown, setShown] = useState(step)
  const rows = rowsOf(record).filter((row) => show === 'all' || row.deviations.length > 0)
  return (
    <section aria-labelledby="lots">
      <header className={classes.head}>
        <h2 id="lots">{t('records.lots')}</h2>
        <SegmentedControl
          className={`${classes.right} no-print`}
          aria-label={t('records.lots.show')}
          value={show}
          onChange={setShow}
          data={[
            { value: 'all', label: t('records.lots.all') },
            { value: 'off', label: t('records.lots.off') },
          ]}
        />
      </header>
      <Table.ScrollContainer minWidth={700} type="native">
        <Table className={classes.table} aria-labelledby="lots">
          <Table.Thead>
            <Table.Tr>
              {(['lot', 'outcome', 'good', 'scrapped', 'deviations', 'worst', 'hash'] as const).map((name) => (
                <Table.Th key={name} scope="col">
                  {t(`records.lots.column.${name}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.slice(0, shown).map((row) => (
              <LotRow key={row.lot} row={row} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <More left={rows.length - shown} onMore={() => setShown(shown + step)} />
    </section>
  )
}

function LotRow({ row }: { row: Row }) {
  const language = useLanguage()
  const outcome = useOutcome()
  const worst = worstOf(row.deviations)
  return (
    <Table.Tr data-id={row.lot}>
      <Table.Td>
        <Link to="/lots/$lot" params={{ lot: row.lot }} className="id">
          {row.lot}
        </Link>
      </Table.Td>
      <Table.Td>{outcome(row.outcome)}</Table.Td>
      <Table.Td>{formatDecimal(row.good, language)}</Table.Td>
      <Table.Td>{formatDecimal(row.scrapped, language)}</Table.Td>
      <Table.Td>{row.deviations.length}</Table.Td>
      <Table.Td>{worst && <Status of="severity" state={worst} tone="plain" />}</Table.Td>
      <Table.Td className="id" title={row.hash}>
        {shortHash(row.hash)}
      </Table.Td>
    </Table.Tr>
  )
}
