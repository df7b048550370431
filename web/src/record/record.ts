import { queryOptions } from '@tanstack/react-query'
import { read } from '../api/http'
import { lotPath } from '../lots/queries'
import type { StepKind } from '../plant/plant'

export type StepResult = 'pass' | 'fail' | 'undecided' | 'silent'

export interface BuiltValue {
  characteristic: string
  name: string
  sample?: number
  value: string
  unit?: string
  lower?: string
  upper?: string
  result: StepResult
  at?: string
}

export interface BuiltComponent {
  lot: string
  material: string
  name: string
  quantity: string
  unit: string
  supplier?: string
  supplier_lot?: string
}

export interface Box {
  /** Centre, in pixels of the picture. */
  x: number
  y: number
  width: number
  height: number
  class: string
  confidence: number
}

export interface Vision {
  id: string
  camera: string
  lot: string
  step: string
  shot: number
  verdict: StepResult
  confidence: string
  model: string
  image?: string
  boxes: Box[] | null
  measured?: unknown
  match: 'matched' | 'late' | 'duplicate' | 'unknown'
  captured_at: string
  received_at: string
  overridden?: { decision: 'pass' | 'rework' | 'scrap'; by: string; reason: string; at: string }
}

export interface BuiltStep {
  step: string
  kind: StepKind
  name: string
  attempt: number
  result: StepResult
  station: string
  operator?: string
  device?: string
  program?: number
  by_hand?: boolean
  note?: string
  started_at: string
  at: string
  values: BuiltValue[] | null
  components: BuiltComponent[] | null
  vision?: Vision
}

export interface BuiltOperation {
  operation: string
  name: string
  visit: number
  state: string
  station: string
  operator?: string
  queued_at: string
  started_at?: string
  ended_at?: string
  steps: BuiltStep[] | null
}

export interface AsBuiltRecord {
  lot: string
  material: string
  order: string
  revision: string
  operations: BuiltOperation[] | null
}

export const recordQuery = (lot: string) =>
  queryOptions({ queryKey: ['lots', lot, 'record'], queryFn: () => read<AsBuiltRecord>(`${lotPath(lot)}/record`) })

/** A line of the as-built table: one value, one group of like values, one component, one verdict, or a plain word. */
export type Line =
  | { kind: 'value'; step: BuiltStep; values: BuiltValue[] }
  | { kind: 'component'; step: BuiltStep; component: BuiltComponent }
  | { kind: 'vision'; step: BuiltStep; vision: Vision }
  | { kind: 'step'; step: BuiltStep }

/** How often a step was tried before the one that counted, and whether it was good at once. */
export const asPlanned = (step: BuiltStep) =>
  step.result === 'pass' && step.attempt <= 1 && !step.by_hand && !step.vision?.overridden

/**
 * linesOf lays a step out as lines. Values of the same characteristic with the same limits (8 screws, 5 samples) share
 * a line while all of them are inside; a value outside always has its own.
 */
export function linesOf(step: BuiltStep): Line[] {
  const lines: Line[] = []
  const groups = new Map<string, BuiltValue[]>()
  for (const value of step.values ?? []) {
    const alone = value.result !== 'pass'
    const base = value.characteristic.replace(/[-_]?\d+$/, '')
    const key = alone
      ? `${value.characteristic}/${value.sample ?? 0}`
      : `${base}|${value.lower}|${value.upper}|${value.unit}`
    groups.set(key, [...(groups.get(key) ?? []), value])
  }
  for (const values of groups.values()) lines.push({ kind: 'value', step, values })
  for (const component of step.components ?? []) lines.push({ kind: 'component', step, component })
  if (step.vision) lines.push({ kind: 'vision', step, vision: step.vision })
  if (lines.length === 0) lines.push({ kind: 'step', step })
  return lines
}
