import type { Problem } from '../api/problem'

/** One thing a person did, on its way to the server. Its key makes sure that it counts once. */
export interface Entry {
  /** Idempotency-Key. */
  key: string
  method: 'POST' | 'PUT' | 'PATCH'
  path: string
  body: unknown
  /** What was done, in the operator's words, for the list of kept entries. */
  label: string
  /** The lot, order or station that it is about: for showing it where it belongs. */
  about: string
  /** The step it completes, when it does: the thread shows that node dashed. */
  step?: string
  /** When it was done, ms. */
  at: number
  /** Who did it: an entry is sent only while the same person is signed in. */
  user: string
  state: 'kept' | 'refused'
  /** Why it was refused. */
  problem?: Problem
}

export type Draft = Pick<Entry, 'method' | 'path' | 'body' | 'label' | 'about' | 'step'>
