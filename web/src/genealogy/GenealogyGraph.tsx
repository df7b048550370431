import { Background, Controls, ReactFlow, type Edge, type Node } from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import { useMemo, useState } from 'react'
import { useT } from '../i18n/i18n'
import classes from './genealogy.module.css'
import { draw, type Drawn, type Graph } from './graph'
import { arrange, nodeSize } from './layout'
import { LotNode, type LotNodeData } from './LotNode'

const nodeTypes = { lot: LotNode }

/** The genealogy as a graph: Tab goes to nodes, arrows along the lines, Enter opens a lot or a group. */
export function GenealogyGraph({ graph, allHeld }: { graph: Graph; allHeld?: boolean }) {
  const t = useT()
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const drawn = useMemo(() => draw(graph, opened, allHeld), [graph, opened, allHeld])
  const arranged = useMemo(() => arrange(drawn), [drawn])
  const nodes = useMemo<Node<LotNodeData>[]>(
    () =>
      drawn.nodes.map((node) => ({
        id: node.id,
        type: 'lot',
        position: arranged.places.get(node.id)!,
        width: nodeSize.width,
        height: nodeSize.height,
        data: {
          node,
          root: node.id === graph.root,
          around: aroundOf(drawn, node.id),
          onOpenGroup: (id) => setOpened((old) => new Set([...old, id])),
        },
        draggable: false,
        connectable: false,
        focusable: false, // the link or button inside takes the focus
      })),
    [drawn, arranged, graph.root],
  )
  const edges = useMemo<Edge[]>(() => drawn.edges.map(toEdge), [drawn])
  const height = Math.min(640, Math.max(140, arranged.height + 24))
  const held = drawn.nodes.filter((node) => node.lot?.held && node.kind === 'lot').map((node) => node.id)
  return (
    <div
      className={classes.graph}
      style={{ height }}
      role="group"
      aria-label={t('genealogy.sentence', {
        root: graph.root,
        up: (graph.nodes ?? []).filter((n) => n.depth < 0).length,
        down: (graph.nodes ?? []).filter((n) => n.depth > 0).length,
        held: held.length > 0 ? held.join(', ') : t('genealogy.none'),
      })}
    >
      <ReactFlow
        key={`${graph.root}/${nodes.length}`}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.01 }}
        minZoom={0.1}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        elementsSelectable={false}
        zoomOnScroll={false}
        preventScrolling={false}
        zoomOnDoubleClick={false}
        onlyRenderVisibleElements={nodes.length > 300}
        disableKeyboardA11y
        proOptions={{ hideAttribution: true }}
      >
        <Background color="transparent" />
        <Controls
          showInteractive={false}
          position="bottom-right"
          aria-label={t('genealogy.zoom')}
          className={classes.controls}
        />
      </ReactFlow>
    </div>
  )
}

function toEdge({ from, to, held, dashed }: Drawn['edges'][number]): Edge {
  return {
    id: `${from}→${to}`,
    source: from,
    target: to,
    focusable: false,
    style: {
      stroke: held ? 'var(--st-hold)' : 'var(--st-fill-2)',
      strokeWidth: held ? 3 : 1.5,
      strokeDasharray: dashed ? '5 5' : undefined,
    },
  }
}

/** The neighbours that the arrow keys lead to. */
function aroundOf({ nodes, edges }: Drawn, id: string): LotNodeData['around'] {
  const from = edges.filter((edge) => edge.to === id).map((edge) => edge.from)
  const to = edges.filter((edge) => edge.from === id).map((edge) => edge.to)
  const parents = edges.filter((edge) => to.includes(edge.to) || from.includes(edge.from))
  const level = [...new Set(parents.flatMap((edge) => (to.includes(edge.to) ? [edge.from] : [edge.to])))]
  const siblings = nodes.map((node) => node.id).filter((other) => level.includes(other) || other === id)
  const at = siblings.indexOf(id)
  return { left: from[0], right: to[0], up: siblings[at - 1], down: siblings[at + 1] }
}
