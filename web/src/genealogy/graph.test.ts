import { describe, expect, it } from 'vitest'
import { draw, type Graph, type GraphNode } from './graph'
import { arrange, nodeSize } from './layout'

const node = (id: string, depth: number, more: Partial<GraphNode> = {}): GraphNode => ({
  id,
  material: 'M',
  name: 'Part',
  origin: 'produced',
  state: 'packed',
  held: false,
  quantity: '1',
  depth,
  ...more,
})
const edge = (from: string, to: string) => ({ from, to, quantity: '1', operation: '10', at: '' })

const unit: Graph = {
  root: 'U',
  nodes: [
    node('U', 0),
    node('TP', -1, { held: true, supplier: 'S-118', supplier_lot: 'W-88213' }),
    node('HS', -1, { supplier: 'S-104', supplier_lot: 'CAST' }),
    node('BOX', 1, { customer: 'C-2041', delivery_note: 'DN-5521' }),
  ],
  edges: [edge('TP', 'U'), edge('HS', 'U'), edge('U', 'BOX')],
}

describe('draw', () => {
  it('puts the supplier before and the customer after', () => {
    const { nodes, edges } = draw(unit, new Set())
    expect(nodes.map((n) => n.id)).toEqual(
      expect.arrayContaining(['supplier/S-118/W-88213', 'supplier/S-104/CAST', 'customer/C-2041/DN-5521']),
    )
    expect(edges).toContainEqual({ from: 'BOX', to: 'customer/C-2041/DN-5521', held: true, dashed: false })
  })
  it('follows the held lot from its supplier to the customer, and nothing else', () => {
    const held = draw(unit, new Set()).edges.filter((e) => e.held)
    expect(held.map((e) => `${e.from}>${e.to}`).sort()).toEqual([
      'BOX>customer/C-2041/DN-5521',
      'TP>U',
      'U>BOX',
      'supplier/S-118/W-88213>TP',
    ])
  })
  it('groups very many lots and opens the group', () => {
    const many: Graph = {
      root: 'TP',
      nodes: [node('TP', 0), ...Array.from({ length: 44 }, (_, i) => node(`U${i}`, 1, { held: i === 40 }))],
      edges: Array.from({ length: 44 }, (_, i) => edge('TP', `U${i}`)),
    }
    const closed = draw(many, new Set())
    expect(closed.nodes.find((n) => n.kind === 'group')).toMatchObject({ count: 35, of: 'TP', side: 'to' })
    expect(closed.nodes.some((n) => n.id === 'U40')).toBe(true)
    const open = draw(many, new Set(['group/to/TP']))
    expect(open.nodes).toHaveLength(45)
    expect(open.nodes.some((n) => n.kind === 'group')).toBe(false)
  })
  it('ignores an edge to a lot that was cut off', () => {
    expect(draw({ ...unit, nodes: unit.nodes!.slice(0, 2) }, new Set()).nodes.map((n) => n.id)).toEqual([
      'U',
      'TP',
      'supplier/S-118/W-88213',
    ])
  })
})

describe('arrange', () => {
  it('goes from left to right without overlaps', () => {
    const { places, height } = arrange(draw(unit, new Set()))
    const x = (id: string) => places.get(id)!.x
    expect(x('supplier/S-118/W-88213')).toBeLessThan(x('TP'))
    expect(x('TP')).toBeLessThan(x('U'))
    expect(x('U')).toBeLessThan(x('BOX'))
    expect(Math.abs(places.get('TP')!.y - places.get('HS')!.y)).toBeGreaterThanOrEqual(nodeSize.height)
    expect(height).toBeGreaterThan(nodeSize.height)
  })
})
