import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { send } from '../api/http'
import { PendingError, ProblemError } from '../api/problem'

interface Command {
  path: string
  /** POST, where it is left out. */
  method?: 'POST' | 'PUT'
  body?: unknown
}

/** Asks again for the answer to a command that the server is still working on. */
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  for (let patience = 4; ; patience--) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof PendingError) || patience === 0) throw error
      await new Promise((done) => setTimeout(done, 1000))
    }
  }
}

/**
 * A command from the desk: answered at once or shown as failed in place. The Idempotency-Key stays the same while the
 * same content is tried again after silence, so that a lost answer never becomes a second order.
 */
export function useCommand<T = unknown>(onDone?: (answer: T) => void) {
  const client = useQueryClient()
  const last = useRef<{ text: string; key: string }>(undefined)
  return useMutation({
    mutationFn: ({ path, body, method }: Command) => {
      const text = `${path} ${JSON.stringify(body ?? {})}`
      if (last.current?.text !== text) last.current = { text, key: crypto.randomUUID() }
      return untilAnswered(() => send<T>(path, body ?? {}, last.current!.key, method))
    },
    onError: (error) => {
      // Refused for good: the next try is a new decision and gets a new key.
      if (error instanceof ProblemError && error.problem.status < 500) last.current = undefined
    },
    onSuccess: (answer) => {
      last.current = undefined
      void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'me' })
      onDone?.(answer)
    },
  })
}
