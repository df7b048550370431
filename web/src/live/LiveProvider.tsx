import { useQueryClient, type Query, type QueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react'
import { address } from '../api/http'
import { plantNow, setServerTime } from '../time/now'
import { Feed, type Change, type FeedState } from './feed'
import { shows } from './shows'

/** Marks old what the changes touch. A query that names its one subject is left alone by changes of others. */
export function invalidate(client: QueryClient, changes: Change[]) {
  if (changes.some((change) => change.kind === 'lost')) return void client.invalidateQueries()
  client
    .getQueryCache()
    .findAll({ predicate: (query) => changes.some((change) => touches(change, query.queryKey)) })
    .forEach((query) => refresh(client, query))
}

/** Second parts of query keys that name a question about many, and no one subject. */
const many = new Set<unknown>(['list', 'search', 'count', 'of', 'packed', 'tasks', 'linked'])

function touches(change: Change, [noun, subject]: readonly unknown[]): boolean {
  if (!shows[change.kind]?.includes(String(noun))) return false
  const isOne = typeof subject === 'string' && !many.has(subject) && noun === `${change.kind}s`
  return !isOne || subject === change.id || change.id === ''
}

const waiting = new WeakSet<Query>()

/**
 * Asks once more, but never breaks off a question that is under way: on a busy line a change comes before every answer,
 * and a screen whose questions were all broken off would never show one. What changed meanwhile is asked for after it.
 */
function refresh(client: QueryClient, query: Query) {
  const again = () => void client.invalidateQueries({ queryKey: query.queryKey, exact: true })
  if (query.state.fetchStatus !== 'fetching' || !query.promise) return again()
  if (waiting.has(query)) return
  waiting.add(query)
  const answered = () => {
    waiting.delete(query)
    again()
  }
  query.promise.then(answered, answered)
}

const LiveContext = createContext<Feed | undefined>(undefined)

export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const feed = useMemo(
    () =>
      new Feed(
        address('/events'),
        (changes) => invalidate(client, changes),
        () => void client.invalidateQueries(),
        { onServerTime: setServerTime, now: plantNow },
      ),
    [client],
  )
  useEffect(() => {
    feed.start()
    return () => feed.stop()
  }, [feed])
  return <LiveContext.Provider value={feed}>{children}</LiveContext.Provider>
}

const never = () => () => undefined
const dead: FeedState = { live: false }

/** Whether changes arrive, and since when not. */
export function useLive(): FeedState {
  const feed = useContext(LiveContext)
  return useSyncExternalStore(feed?.subscribe ?? never, feed?.snapshot ?? (() => dead))
}
