import { Graph as Layered, layout } from '@dagrejs/dagre'
import type { Drawn } from './graph'

/** The size of one node, in pixels of the drawing. */
export const nodeSize = { width: 186, height: 46 }

export interface Arranged {
  places: Map<string, { x: number; y: number }>
  width: number
  height: number
}

/** Lays the genealogy out from left to right, supplier to customer, in layers. Deterministic for one input. */
export function arrange({ nodes, edges }: Drawn): Arranged {
  const graph = new Layered()
  graph.setGraph({ rankdir: 'LR', nodesep: 11, ranksep: 70, marginx: 4, marginy: 4 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const node of nodes) graph.setNode(node.id, { ...nodeSize })
  for (const edge of edges) graph.setEdge(edge.from, edge.to)
  layout(graph)
  const places = new Map<string, { x: number; y: number }>()
  for (const { id } of nodes) {
    const { x, y } = graph.node(id) as { x: number; y: number }
    places.set(id, { x: x - nodeSize.width / 2, y: y - nodeSize.height / 2 })
  }
  const label = graph.graph() as { width?: number; height?: number }
  return { places, width: label.width ?? nodeSize.width, height: label.height ?? nodeSize.height }
}
