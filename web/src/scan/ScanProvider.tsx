import { createContext, useContext, useEffect, useMemo, useRef, type ReactNode } from 'react'
import { isPrivateField, isTextField, ownsItsKeys, typeInto } from './field'
import { Wedge } from './wedge'

/** Takes a scan; true means that it was meant for this taker and nobody else is asked. */
export type ScanTaker = (code: string) => boolean | void
/** Takes a single key pressed outside any field, such as "/" or "?". */
export type KeyTaker = (key: string, event: { preventDefault: () => void }) => boolean | void

interface Registry {
  scans: ScanTaker[]
  keys: KeyTaker[]
}

const ScanContext = createContext<Registry | undefined>(undefined)

/** Listens to every key before any field does, and hands scans and single keys to the screen that is open. */
export function ScanProvider({ children }: { children: ReactNode }) {
  const registry = useMemo<Registry>(() => ({ scans: [], keys: [] }), [])
  useEffect(() => {
    const ask = <T extends unknown[]>(takers: ((...args: T) => boolean | void)[], ...args: T) =>
      [...takers].reverse().some((taker) => taker(...args) === true)
    const wedge = new Wedge({
      onScan: (code) => ask(registry.scans, code),
      onTyped: (text, target) => {
        if (isTextField(target)) typeInto(target, text)
        else for (const key of text) ask(registry.keys, key, { preventDefault: () => undefined })
      },
    })
    const onKey = (event: KeyboardEvent) => {
      if (isPrivateField(event.target)) return
      const answer = wedge.press({
        key: event.key,
        ctrl: event.ctrlKey,
        alt: event.altKey,
        meta: event.metaKey,
        repeat: event.repeat,
        composing: event.isComposing,
        target: event.target,
        at: event.timeStamp,
      })
      if (answer === 'hold') {
        event.preventDefault()
        event.stopImmediatePropagation()
        return
      }
      // Keys with names (arrows, F1, Escape) are not text, so they come here at once.
      if (event.key.length > 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
        if (ownsItsKeys(event.target, event.key)) return
        ask(registry.keys, event.key, event)
      }
    }
    window.addEventListener('keydown', onKey, { capture: true })
    return () => window.removeEventListener('keydown', onKey, { capture: true })
  }, [registry])
  return <ScanContext.Provider value={registry}>{children}</ScanContext.Provider>
}

function useRegistered<K extends keyof Registry>(list: K, taker: Registry[K][number], active: boolean) {
  const registry = useContext(ScanContext)
  const latest = useRef(taker)
  useEffect(() => {
    latest.current = taker
  })
  useEffect(() => {
    if (!registry || !active) return
    const entry = ((...args: [never, never]) =>
      (latest.current as (...a: unknown[]) => boolean | void)(...args)) as never
    registry[list].push(entry)
    return () => {
      const at = registry[list].indexOf(entry)
      if (at >= 0) registry[list].splice(at, 1)
    }
  }, [registry, list, active])
}

/** useScan takes scans while the screen or dialogue is open; the one opened last is asked first. */
export const useScan = (taker: ScanTaker, active = true) => useRegistered('scans', taker, active)

/** useKeys takes single keys pressed outside fields; function keys also inside. */
export const useKeys = (taker: KeyTaker, active = true) => useRegistered('keys', taker, active)
