import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import { lotPath } from '../lots/queries'

export type Direction = 'up' | 'down' | 'both'
export type Graph = Schemas['Trace']
export type GraphNode = Schemas['GraphNode']
export type GraphEdge = Schemas['GraphEdge']

export const genealogyPath = (lot: string) => `${lotPath(lot)}/genealogy`

export const genealogyQuery = (lot: string, direction: Direction) =>
  queryOptions({
    queryKey: ['lots', lot, 'genealogy', direction],
    queryFn: () => answer(api.GET('/api/v1/lots/{lot}/genealogy', { params: { path: { lot }, query: { direction } } })),
  })

/** What is drawn: lots, the supplier and customer at the ends, and groups that stand for many lots. */
export type DrawnKind = 'lot' | 'supplier' | 'customer' | 'group'

export interface DrawnNode {
  id: string
  kind: DrawnKind
  lot?: GraphNode
  /** Lots that a group stands for. */
  count?: number
  /** The neighbour whose many lots the group stands for, and the side on which they are. */
  of?: string
  side?: 'from' | 'to'
}

export interface DrawnEdge {
  from: string
  to: string
  /** On the way of something held. */
  held: boolean
  /** Leads to a group. */
  dashed: boolean
}

export interface Drawn {
  nodes: DrawnNode[]
  edges: DrawnEdge[]
}

/** More neighbours than this on one side of a lot are drawn as a group, until it is opened. */
export const groupOver = 12
const keptOfGroup = 8

/**
 * draw decides what of a genealogy is shown. A lot with very many neighbours on one side shows the first of them and a
 * group for the rest; what hangs only on hidden lots is hidden with them. Held lots are never hidden, unless all are held.
 */
export function draw(graph: Graph, opened: ReadonlySet<string>, allHeld = false): Drawn {
  const lots = new Map((graph.nodes ?? []).map((node) => [node.id, node]))
  const edges = (graph.edges ?? []).filter((e) => lots.has(e.from) && lots.has(e.to))
  const next = neighbours(edges, 'from', 'to')
  const before = neighbours(edges, 'to', 'from')
  const shown = new Set([graph.root])
  const groups: DrawnNode[] = []
  const walk = (start: string, side: 'from' | 'to') => {
    const links = side === 'to' ? next : before
    const queue = [start]
    const seen = new Set(queue)
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      const all = [...(links.get(id) ?? [])]
      const key = `group/${side}/${id}`
      const many = all.length > groupOver && !opened.has(key)
      const kept = many ? all.filter((n, i) => i < keptOfGroup || (!allHeld && lots.get(n)!.held)) : all
      if (many) groups.push({ id: key, kind: 'group', count: all.length - kept.length, of: id, side })
      for (const other of kept) {
        if (seen.has(other)) continue
        seen.add(other)
        shown.add(other)
        queue.push(other)
      }
    }
  }
  walk(graph.root, 'to')
  walk(graph.root, 'from')
  return ends(lots, edges, shown, groups, tainted(lots, next))
}

/** Adds suppliers, customers and groups around the shown lots, and says which lines are on a held way. */
function ends(
  lots: Map<string, GraphNode>,
  edges: GraphEdge[],
  shown: Set<string>,
  groups: DrawnNode[],
  taint: Set<string>,
): Drawn {
  const nodes: DrawnNode[] = [...shown].map((id) => ({ id, kind: 'lot', lot: lots.get(id) }))
  const lines = new Map<string, DrawnEdge>()
  for (const { from, to } of edges)
    if (shown.has(from) && shown.has(to)) lines.set(`${from}→${to}`, { from, to, held: taint.has(from), dashed: false })
  for (const id of shown) {
    const lot = lots.get(id)
    if (lot?.supplier_lot && lot.depth <= 0) {
      const end = `supplier/${lot.supplier}/${lot.supplier_lot}`
      if (!nodes.some((n) => n.id === end)) nodes.push({ id: end, kind: 'supplier', lot })
      lines.set(`${end}→${id}`, { from: end, to: id, held: lot.held, dashed: false })
    }
    if (lot?.customer && lot.depth >= 0) {
      const end = `customer/${lot.customer}/${lot.delivery_note}`
      if (!nodes.some((n) => n.id === end)) nodes.push({ id: end, kind: 'customer', lot })
      lines.set(`${id}→${end}`, { from: id, to: end, held: taint.has(id), dashed: false })
    }
  }
  for (const group of groups.filter((g) => shown.has(g.of!))) {
    nodes.push(group)
    const [from, to] = group.side === 'to' ? [group.of!, group.id] : [group.id, group.of!]
    lines.set(`${from}→${to}`, { from, to, held: taint.has(from), dashed: true })
  }
  return { nodes, edges: [...lines.values()] }
}

function neighbours(edges: GraphEdge[], key: 'from' | 'to', value: 'from' | 'to') {
  const out = new Map<string, Set<string>>()
  for (const edge of edges) out.set(edge[key], (out.get(edge[key]) ?? new Set()).add(edge[value]))
  return out
}

/** Held lots and all that was made of them. */
function tainted(lots: Map<string, GraphNode>, next: Map<string, Set<string>>): Set<string> {
  const out = new Set([...lots.values()].filter((lot) => lot.held).map((lot) => lot.id))
  const queue = [...out]
  for (let id = queue.shift(); id !== undefined; id = queue.shift())
    for (const other of next.get(id) ?? [])
      if (!out.has(other)) {
        out.add(other)
        queue.push(other)
      }
  return out
}
