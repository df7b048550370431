import { ProblemError } from '../api/problem'

/** The server's word on each field of a form, by the field's name. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ProblemError)) return {}
  const out: Record<string, string> = {}
  for (const fault of error.problem.errors ?? []) {
    const name = (fault.location ?? '').replace(/^body\.?/, '')
    if (name && fault.message) out[name] ??= fault.message
  }
  return out
}
