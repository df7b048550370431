import { Table } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useT } from '../i18n/i18n'
import { Status } from '../status/Status'
import { Quantity } from '../value/Quantity'
import classes from './genealogy.module.css'
import type { Graph, GraphNode } from './graph'

/** At most so many rows are put on the screen; the CSV has all of them. */
const most = 1000

/** The same genealogy as a table: origin first, then the lot itself, then where it went. */
export function GenealogyTable({ graph }: { graph: Graph }) {
  const t = useT()
  const rows = useMemo(
    () => [...(graph.nodes ?? [])].sort((a, b) => a.depth - b.depth || a.id.localeCompare(b.id)),
    [graph],
  )
  const taken = useMemo(() => takenOf(graph), [graph])
  return (
    <Table.ScrollContainer minWidth={800} type="native">
      <Table aria-labelledby="genealogy" className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            {(['where', 'lot', 'material', 'quantity', 'supplier', 'customer', 'state'] as const).map((name) => (
              <Table.Th key={name} scope="col">
                {t(`genealogy.column.${name}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.slice(0, most).map((lot) => (
            <Row key={lot.id} lot={lot} taken={taken.get(lot.id)} />
          ))}
        </Table.Tbody>
      </Table>
      {rows.length > most && <p className="label">{t('genealogy.rest_in_csv', { n: rows.length - most })}</p>}
    </Table.ScrollContainer>
  )
}

function Row({ lot, taken }: { lot: GraphNode; taken?: string }) {
  const t = useT()
  const where = lot.depth < 0 ? 'up' : lot.depth > 0 ? 'down' : 'self'
  return (
    <Table.Tr>
      <Table.Td>{t(`genealogy.where.${where}`, { n: Math.abs(lot.depth) })}</Table.Td>
      <Table.Td>
        <Link to="/lots/$lot" params={{ lot: lot.id }} className="id">
          {lot.id}
        </Link>
      </Table.Td>
      <Table.Td>{lot.name || lot.material}</Table.Td>
      <Table.Td>
        <Quantity value={taken ?? lot.quantity} unit={lot.unit} />
      </Table.Td>
      <Table.Td className="id">{lot.supplier ? `${lot.supplier}, ${lot.supplier_lot}` : ''}</Table.Td>
      <Table.Td className="id">{lot.customer ? `${lot.customer}, ${lot.delivery_note}` : ''}</Table.Td>
      <Table.Td>
        <Status of="lot" state={lot.held ? 'held' : lot.state} />
      </Table.Td>
    </Table.Tr>
  )
}

/** How much of each component went directly into the root. */
function takenOf(graph: Graph) {
  return new Map((graph.edges ?? []).filter((edge) => edge.to === graph.root).map((edge) => [edge.from, edge.quantity]))
}
