import { useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react'
import { send } from '../api/http'
import { ProblemError } from '../api/problem'
import { useLive } from '../live/LiveProvider'
import { useMe } from '../session/session'
import type { Draft, Entry } from './entry'
import { Outbox, type Outcome } from './outbox'

/** One try. Only the server's own refusal is final; no answer, "later" and "sign in first" leave the entry where it is. */
export async function trySend(entry: Entry): Promise<Outcome> {
  try {
    return { kind: 'accepted', body: await send(entry.path, entry.body, entry.key, entry.method) }
  } catch (error) {
    if (!(error instanceof ProblemError)) return { kind: 'unreached' }
    const { status } = error.problem
    const later = status >= 500 || status === 401 || status === 408 || status === 425 || status === 429
    return later ? { kind: 'unreached' } : { kind: 'refused', problem: error.problem }
  }
}

const exclusive = <T,>(job: () => Promise<T>): Promise<T> =>
  navigator.locks ? (navigator.locks.request('st.outbox', job) as Promise<T>) : job()

const OutboxContext = createContext<Outbox | undefined>(undefined)

export function OutboxProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const me = useMe()
  // The gate builds everything below it anew for another person, so one outbox is one person's.
  const box = useMemo(
    () =>
      new Outbox({
        send: trySend,
        exclusive,
        user: () => me.id,
        onAccepted: () => void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'me' }),
      }),
    [client, me.id],
  )
  const { live } = useLive()
  useEffect(() => {
    if (live) box.kick()
  }, [live, box])
  useEffect(() => {
    const kick = () => box.kick()
    const reload = (event: StorageEvent) => event.key === 'st.outbox' && box.reload()
    window.addEventListener('online', kick)
    window.addEventListener('storage', reload)
    kick()
    return () => {
      window.removeEventListener('online', kick)
      window.removeEventListener('storage', reload)
    }
  }, [box])
  return <OutboxContext.Provider value={box}>{children}</OutboxContext.Provider>
}

function useBox(): Outbox {
  const box = useContext(OutboxContext)
  if (!box) throw new Error('useOutbox outside of its provider')
  return box
}

/** What is kept here, oldest first, and the ways to add and to dismiss. */
export function useOutbox() {
  const box = useBox()
  const entries = useSyncExternalStore(box.subscribe, box.snapshot)
  return {
    entries,
    add: (draft: Draft) => box.add(draft),
    dismiss: (key: string) => box.dismiss(key),
  }
}
