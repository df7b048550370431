import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'

export type SignatureRequest = Schemas['SignatureRequest']
export type Signature = Schemas['Signature']
export type Need = Schemas['SignatureNeed']

/** The kinds of record that can be signed, as the server names them. */
export type Noun =
  | 'step'
  | 'review'
  | 'hold_release'
  | 'hold_disposition'
  | 'document'
  | 'order_change'
  | 'audit_review'
  | 'lot_record'
  | 'order_record'
  | 'capa'
  | 'nonconformance'
  | 'deviation_permit'
  | 'maintenance_lockout'
  | 'maintenance_handback'

export const signaturesQuery = (noun: Noun, id: string) =>
  queryOptions({
    queryKey: ['signatures', noun, id],
    queryFn: () => answer(api.GET('/api/v1/signatures', { params: { query: { noun, id } } })),
  })

/** The requests about one record, newest first. */
export const requestsQuery = (noun: Noun, record: string) =>
  queryOptions({
    queryKey: ['signature-requests', noun, record],
    queryFn: () => answer(api.GET('/api/v1/signature-requests', { params: { query: { noun, record, limit: 20 } } })),
  })

/** Open requests about a lot: its steps and the decisions on it carry its number in their title. */
export const openRequestsQuery = (lot: string) =>
  queryOptions({
    queryKey: ['signature-requests', 'open', lot],
    queryFn: () =>
      answer(api.GET('/api/v1/signature-requests', { params: { query: { state: 'open', q: lot, limit: 20 } } })),
  })

/** One request with the content that is signed. */
export const requestQuery = (id: string) =>
  queryOptions({
    queryKey: ['signature-requests', id],
    queryFn: () => answer(api.GET('/api/v1/signature-requests/{request}', { params: { path: { request: id } } })),
  })

/** The signature that comes next; undefined when all are there. */
export const nextNeed = (request: SignatureRequest): Need | undefined =>
  request.needs?.[request.signatures?.length ?? 0]

/** A hash as people compare it: its beginning and its end. */
export const shortHash = (hash: string) => `${hash.slice(0, 4)} ${hash.slice(4, 8)} … ${hash.slice(-4)}`

export interface Fact {
  name: string
  value: string
}

/** What is signed, as rows that a person can read: nested things are named by their path. */
export function factsOf(content: unknown, path = ''): Fact[] {
  if (content === null || content === undefined || content === '') return []
  if (Array.isArray(content)) return content.flatMap((item, i) => factsOf(item, `${path} ${i + 1}`.trim()))
  if (typeof content === 'object')
    return Object.entries(content).flatMap(([name, value]) => factsOf(value, path ? `${path}, ${name}` : name))
  return [{ name: path.replaceAll('_', ' '), value: String(content) }]
}

export type Rule = Schemas['SignatureRule']

export const rulesQuery = queryOptions({
  queryKey: ['signature-rules'],
  queryFn: () => answer(api.GET('/api/v1/signature-rules')),
})

export const meanings = ['performed', 'verified', 'reviewed', 'approved', 'released', 'authored'] as const
export const roles = ['operator', 'supervisor', 'quality', 'maintenance', 'planner', 'auditor', 'admin'] as const
