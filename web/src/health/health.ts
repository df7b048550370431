import { queryOptions } from '@tanstack/react-query'
import { read } from '../api/http'

export interface Part {
  part: string
  state: string
  detail?: string
  since?: string
}

export const healthQuery = queryOptions({
  queryKey: ['health', 'system'],
  queryFn: () =>
    read<{ parts: Part[] | null } | Part[]>('/health/system').then((b) => (Array.isArray(b) ? b : (b.parts ?? []))),
  refetchInterval: 10_000,
})

const states: Record<string, string> = {
  ok: 'ok',
  up: 'ok',
  ready: 'ok',
  degraded: 'degraded',
  warn: 'degraded',
  down: 'down',
}

/** The vocabulary's word for a part's state. */
export const wordOf = (state: string) => states[state] ?? 'unknown'

/** The worst word of all parts: what the head of the page says. */
export function worst(parts: Part[]): string {
  const words = parts.map((part) => wordOf(part.state))
  return ['down', 'degraded', 'unknown'].find((word) => words.includes(word)) ?? 'ok'
}
