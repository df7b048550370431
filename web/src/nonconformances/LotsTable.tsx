import { Table } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { Status } from '../status/Status'
import { Id, Quantity } from '../value/Quantity'
import type { NCLot, Nonconformance } from './nonconformance'
import classes from './nonconformances.module.css'

/** The affected lots, where they were and where they are, and what of each is decided: the balance, lot by lot. */
export function LotsTable({ nc }: { nc: Nonconformance }) {
  const t = useT()
  const lots = nc.lots ?? []
  if (lots.length === 0) return <p className="label">{t('nonconformances.lots.none')}</p>
  return (
    <section aria-labelledby="nc-lots">
      <h2 id="nc-lots">{t('nonconformances.lots.title')}</h2>
      <div className={classes.scroll}>
        <Table className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('nonconformances.lots.lot')}</Table.Th>
              <Table.Th scope="col">{t('nonconformances.lots.found')}</Table.Th>
              <Table.Th scope="col">{t('nonconformances.lots.now')}</Table.Th>
              <Table.Th scope="col">{t('nonconformances.lots.affected')}</Table.Th>
              <Table.Th scope="col">{t('nonconformances.lots.decided')}</Table.Th>
              <Table.Th scope="col">{t('nonconformances.lots.undecided')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {lots.map((lot) => (
              <Row key={lot.lot} lot={lot} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  )
}

function Row({ lot }: { lot: NCLot }) {
  const t = useT()
  return (
    <Table.Tr>
      <Table.Th scope="row">
        <Link to="/lots/$lot" params={{ lot: lot.lot }}>
          <Id>{lot.lot}</Id>
        </Link>
        <small>
          <span className="id">{lot.material}</span>
          {lot.order ? `, ${lot.order}` : ''}
        </small>
      </Table.Th>
      <Table.Td>
        <Status of="lot" state={lot.was_state} />
        <small>{lot.was_at}</small>
      </Table.Td>
      <Table.Td>
        <Status of="lot" state={lot.held ? 'held' : lot.in_rework ? 'rework' : lot.state} />
        <small>
          {[lot.at, t('nonconformances.lots.left', { quantity: lot.left, unit: lot.unit })].filter(Boolean).join(', ')}
        </small>
      </Table.Td>
      <Table.Td>
        <Quantity value={lot.quantity} unit={lot.unit} />
      </Table.Td>
      <Table.Td>
        <Quantity value={lot.decided} unit={lot.unit} />
      </Table.Td>
      <Table.Td>
        {lot.undecided === '0' ? (
          t('nonconformances.lots.all_decided')
        ) : (
          <Quantity value={lot.undecided} unit={lot.unit} strong />
        )}
      </Table.Td>
    </Table.Tr>
  )
}
