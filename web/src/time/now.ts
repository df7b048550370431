import { useSyncExternalStore } from 'react'

/** How far the server's clock is ahead of this machine's, in ms: a terminal's own clock may be wrong. */
let ahead = 0

/** Takes the server's word on the time. */
export function setServerTime(time: number) {
  ahead = time - Date.now()
}

/** The plant's time now, in ms. */
export const plantNow = () => Date.now() + ahead

/** One ticking clock for all screens, in whole steps so that nothing renders more often than it changes. */
function ticker(step: number) {
  const listeners = new Set<() => void>()
  let timer: ReturnType<typeof setInterval> | undefined
  let current = plantNow()
  const tick = () => {
    current = plantNow()
    listeners.forEach((listener) => listener())
  }
  return {
    subscribe(listener: () => void) {
      if (listeners.size === 0) {
        current = plantNow()
        timer = setInterval(tick, step)
      }
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) clearInterval(timer)
      }
    },
    get: () => current,
  }
}

const seconds = ticker(1000)
const slow = ticker(10_000)

/** The time now, once a second: clocks and running watches. */
export const useNowSeconds = () => useSyncExternalStore(seconds.subscribe, seconds.get)

/** The time now, every ten seconds: "for 4 min", "due in". */
export const useNow = () => useSyncExternalStore(slow.subscribe, slow.get)
