import { useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useMemo, useRef, useSyncExternalStore, type ReactNode } from 'react'
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

interface Value {
  box: Outbox
  /** Resolves when the server has answered the entry: undefined, or why it was refused. */
}

const OutboxContext = createContext<Value | undefined>(undefined)

export function OutboxProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const me = useMe()
  const user = useRef(me.id)
  useEffect(() => {
    user.current = me.id
  }, [me.id])
  const value = useMemo(() => {
    const box = new Outbox({
      send: trySend,
      exclusive,
      user: () => user.current,
      onAccepted: () => void client.invalidateQueries({ predicate: (q) => q.queryKey[0] !== 'me' }),
    })
    return { box }
  }, [client])
  const { live } = useLive()
  useEffect(() => {
    if (live) value.box.kick()
  }, [live, me.id, value])
  useEffect(() => {
    const kick = () => value.box.kick()
    const reload = (event: StorageEvent) => event.key === 'st.outbox' && value.box.reload()
    window.addEventListener('online', kick)
    window.addEventListener('storage', reload)
    kick()
    return () => {
      window.removeEventListener('online', kick)
      window.removeEventListener('storage', reload)
    }
  }, [value])
  return <OutboxContext.Provider value={value}>{children}</OutboxContext.Provider>
}

function useBox(): Outbox {
  const value = useContext(OutboxContext)
  if (!value) throw new Error('useOutbox outside of its provider')
  return value.box
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
