/** Where a lot stands at one station of its way. */
export type NodeState = 'done' | 'now' | 'waits' | 'ahead' | 'stopped' | 'held' | 'unsent'

export interface ThreadNode {
  label: string
  state: NodeState
}

interface Props {
  nodes: ThreadNode[]
  /** The same said in words, for those who do not see the drawing. */
  label: string
  pitch?: number
}

const colour: Partial<Record<NodeState, string>> = {
  stopped: 'var(--st-crit)',
  held: 'var(--st-hold)',
  waits: 'var(--st-warn-line)',
  now: 'var(--st-ink)',
}

/** One 3 px line with nodes: solid = done, ring = now, hollow = ahead, square = stopped, dashed = cut. */
export function MiniThread({ nodes, label, pitch = 30 }: Props) {
  const width = Math.max(0, nodes.length - 1) * pitch + 16
  const x = (i: number) => 8 + i * pitch
  const at = Math.max(
    0,
    nodes.findIndex((n) => n.state !== 'done'),
  )
  const reached = nodes.every((n) => n.state === 'done') ? nodes.length - 1 : at
  const cut = ['stopped', 'held', 'waits'].includes(nodes[at]?.state ?? '')
  return (
    <svg width={width} height="20" viewBox={`0 0 ${width} 20`} role="img" aria-label={label}>
      <path d={`M8 10H${x(reached)}`} stroke="var(--st-fill-1)" strokeWidth="3" />
      <path
        d={`M${x(reached)} 10H${x(nodes.length - 1)}`}
        stroke="var(--st-fill-3)"
        strokeWidth="2"
        strokeDasharray={cut ? '3 4' : undefined}
      />
      {nodes.map((node, i) => (
        <Node key={i} x={x(i)} state={node.state} />
      ))}
    </svg>
  )
}

function Node({ x, state }: { x: number; state: NodeState }) {
  const ring = colour[state]
  if (state === 'done') return <circle cx={x} cy="10" r="4" fill="var(--st-fill-1)" />
  if (state === 'stopped' || state === 'held') return <rect x={x - 6} y="4" width="12" height="12" rx="2" fill={ring} />
  if (ring) return <circle cx={x} cy="10" r="6" fill="var(--st-raised)" stroke={ring} strokeWidth="3.5" />
  return <circle cx={x} cy="10" r="4" fill="var(--st-raised)" stroke="var(--st-line-strong)" strokeWidth="1.5" />
}
