import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'

export type BuiltStep = Schemas['BuiltStep']
export type BuiltValue = Schemas['BuiltValue']
export type BuiltComponent = Schemas['BuiltComponent']
export type BuiltOperation = Schemas['BuiltOperation']
export type Vision = Schemas['VisionView']
export type Signature = Schemas['Signature']
/** x and y are the centre, in pixels of the picture. */
export type Box = Schemas['Prediction']

export const recordQuery = (lot: string) =>
  queryOptions({
    queryKey: ['lots', lot, 'record'],
    queryFn: () => answer(api.GET('/api/v1/lots/{lot}/as-built', { params: { path: { lot } } })),
  })

/** A line of the as-built table: one value, one group of like values, one component, one verdict, or a plain word. */
export type Line =
  | { kind: 'value'; step: BuiltStep; values: BuiltValue[] }
  | { kind: 'component'; step: BuiltStep; component: BuiltComponent }
  | { kind: 'vision'; step: BuiltStep; vision: Vision }
  | { kind: 'step'; step: BuiltStep }
  | { kind: 'signature'; step: BuiltStep; signature: Signature }

/** How often a step was tried before the one that counted, and whether it was good at once. */
export const asPlanned = (step: BuiltStep) =>
  step.result === 'pass' &&
  step.attempt <= 1 &&
  !step.by_hand &&
  !step.vision?.overridden &&
  (step.signatures ?? []).every((signature) => signature.state === 'valid')

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
  for (const signature of step.signatures ?? []) lines.push({ kind: 'signature', step, signature })
  return lines
}
