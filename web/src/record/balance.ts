import { compareDecimal } from '../value/decimal'
import type { OrderRecord } from './historyRecord'

/** Adds exact decimals as whole numbers of their smallest place. */
export function sum(values: string[]): string {
  const places = Math.max(0, ...values.map((v) => v.split('.')[1]?.length ?? 0))
  const whole = values.map((v) => {
    const [head, tail = ''] = v.replace('-', '').split('.')
    return (v.startsWith('-') ? -1n : 1n) * BigInt(head! + tail.padEnd(places, '0'))
  })
  const total = whole.reduce((a, b) => a + b, 0n)
  const digits = (total < 0n ? -total : total).toString().padStart(places + 1, '0')
  const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`
  return (total < 0n ? '-' : '') + text
}

/** Whether every ordered piece is accounted for, by the order's own figures and by those of its lots. */
export function balances(content: OrderRecord['content']): boolean {
  const lots = content.lots ?? []
  const same = (a: string, b: string) => compareDecimal(a, b) === 0
  return (
    same(content.quantity, sum([content.good, content.scrap, content.in_process, content.not_started])) &&
    same(content.good, sum(lots.map((lot) => lot.good))) &&
    same(content.scrap, sum(lots.map((lot) => lot.scrapped)))
  )
}
