import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react'
import { address } from '../api/http'
import { plantNow, setServerTime } from '../time/now'
import { Feed, type Change, type FeedState } from './feed'

/** What each kind of change makes old: the first part of the query keys that show it. */
const shows: Record<string, string[]> = {
  order: ['orders', 'lots', 'stations', 'history'],
  lot: ['lots', 'orders', 'stations', 'history', 'shipments'],
  station: ['stations'],
  device: ['stations', 'health'],
  outbox: ['erp', 'health', 'orders'],
  material: ['lots', 'material', 'shipments'],
  vision: ['lots', 'stations'],
}

/** Marks old what the changes touch. A query that names its one subject is left alone by changes of others. */
export function invalidate(client: QueryClient, changes: Change[]) {
  if (changes.some((change) => change.kind === 'lost')) return void client.invalidateQueries()
  for (const change of changes) {
    for (const noun of shows[change.kind] ?? []) {
      void client.invalidateQueries({
        predicate: (query) => {
          const [first, subject] = query.queryKey as [unknown, unknown]
          if (first !== noun) return false
          const isOne = typeof subject === 'string' && noun === `${change.kind}s`
          return !isOne || subject === change.id || change.id === ''
        },
      })
    }
  }
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
