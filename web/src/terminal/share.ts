import { compareDecimal, multiply, subtract, sum } from '../value/decimal'
import type { Schemas } from '../api/http'
import type { Step } from '../plant/plant'

export type Part = Schemas['StepComponent'] & { quantity: string }

/** What a scan means for a step that takes a quantity: enough, or only a part of it. */
export type Share =
  | { kind: 'whole'; body: Schemas['StepDone'] }
  | { kind: 'part'; parts: Part[]; taken: string; need: string; rest: string }

/**
 * share gives a step's need to the scanned lots in the order of their scans. A lot with too little left gives all it
 * has, and the rest waits for the next scan. A lot with nothing left is passed on as it is: the server knows whether it
 * was built in before.
 */
export function share(step: Step, pieces: string, parts: Part[], scan: string, remaining: string): Share {
  const need = multiply(step.component?.quantity ?? '1', pieces)
  const open = subtract(need, sum(parts.map((part) => part.quantity)))
  const tooLittle = compareDecimal(remaining, '0') > 0 && compareDecimal(remaining, open) < 0
  if (tooLittle) {
    const next = [...parts, { scan, quantity: remaining }]
    const taken = sum(next.map((part) => part.quantity))
    return { kind: 'part', parts: next, taken, need, rest: subtract(need, taken) }
  }
  if (parts.length === 0) return { kind: 'whole', body: { scan } }
  return { kind: 'whole', body: { components: [...parts, { scan, quantity: open }] } }
}
