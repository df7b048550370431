import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'

export type Proof = Schemas['ProofState']
export type Verdict = Schemas['AuditVerdict']

/** While a check is under way its progress is asked for each second; otherwise now and then. */
export const proofQuery = queryOptions({
  queryKey: ['audit', 'proof'],
  queryFn: () => answer(api.GET('/api/v1/audit/proof')),
  refetchInterval: (query) => (query.state.data?.running ? 1_000 : 30_000),
})

/** The newest verdict of either kind, and whether all of it holds. */
export function newest(proof: Proof): Verdict | undefined {
  const { whole, part } = proof
  if (!whole || !part) return whole ?? part
  return new Date(part.at).getTime() > new Date(whole.at).getTime() ? part : whole
}
