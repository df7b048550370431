import { IconLock, IconPackage, IconTruck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Handle, Position, type Node, type NodeProps } from '@xyflow/react'
import type { KeyboardEvent } from 'react'
import { useLanguage, useT } from '../i18n/i18n'
import { formatDecimal } from '../value/decimal'
import classes from './genealogy.module.css'
import type { DrawnNode, GraphNode } from './graph'

export interface LotNodeData extends Record<string, unknown> {
  node: DrawnNode
  root: boolean
  around: { left?: string; right?: string; up?: string; down?: string }
  onOpenGroup: (id: string) => void
}

const keys = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' } as const

/** Arrows go along the lines; up and down go between neighbours of the same layer. */
function follow(event: KeyboardEvent, around: LotNodeData['around']) {
  const way = keys[event.key as keyof typeof keys]
  const target = way && around[way]
  if (!target) return
  event.preventDefault()
  document.querySelector<HTMLElement>(`[data-node="${CSS.escape(target)}"]`)?.focus()
}

export function LotNode({ data }: NodeProps<Node<LotNodeData>>) {
  return (
    <>
      <Handle type="target" position={Position.Left} className={classes.handle} />
      <Body data={data} />
      <Handle type="source" position={Position.Right} className={classes.handle} />
    </>
  )
}

function Body({ data }: { data: LotNodeData }) {
  const t = useT()
  const { node, root, around, onOpenGroup } = data
  const onKeyDown = (event: KeyboardEvent) => follow(event, around)
  const common = { 'data-node': node.id, onKeyDown }
  if (node.kind === 'group')
    return (
      <button {...common} type="button" className={classes.node} data-kind="group" onClick={() => onOpenGroup(node.id)}>
        <b>{t('genealogy.more', { n: node.count ?? 0 })}</b>
        <small>{t('genealogy.open_group')}</small>
      </button>
    )
  const lot = node.lot!
  if (lot.origin === 'hold')
    return (
      <div {...common} tabIndex={0} role="note" className={classes.node} data-kind="end">
        <b className="id">{lot.id}</b>
        <small>{lot.name}</small>
      </div>
    )
  if (node.kind === 'supplier')
    return (
      <div {...common} tabIndex={0} role="note" className={classes.node} data-kind="end">
        <b className="id">{lot.supplier_lot}</b>
        <small>{t('genealogy.supplier', { supplier: lot.supplier ?? '' })}</small>
      </div>
    )
  if (node.kind === 'customer')
    return (
      <div {...common} tabIndex={0} role="note" className={classes.node} data-kind="end">
        <b className="id">{lot.delivery_note}</b>
        <small>{t('genealogy.customer', { customer: lot.customer ?? '' })}</small>
      </div>
    )
  return (
    <Link
      {...common}
      to="/lots/$lot"
      params={{ lot: lot.id }}
      className={classes.node}
      data-held={lot.held || undefined}
      data-root={root || undefined}
      aria-current={root ? 'true' : undefined}
    >
      <b className="id">{lot.id}</b>
      <LotIcon lot={lot} />
      <small>
        <Description lot={lot} />
      </small>
    </Link>
  )
}

function Description({ lot }: { lot: GraphNode }) {
  const t = useT()
  const language = useLanguage()
  const amount = lot.unit && lot.unit !== 'pcs' ? `, ${formatDecimal(lot.quantity, language)} ${lot.unit}` : ''
  return (
    <>
      {lot.name || lot.material}
      {amount}
      {lot.held && `, ${t('genealogy.held')}`}
    </>
  )
}

function LotIcon({ lot }: { lot: GraphNode }) {
  const Icon = lot.held
    ? IconLock
    : lot.state === 'shipped'
      ? IconTruck
      : lot.state === 'packed'
        ? IconPackage
        : undefined
  return Icon ? <Icon className={`icon ${classes.mark}`} aria-hidden /> : null
}
