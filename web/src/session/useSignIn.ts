import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { send } from '../api/http'
import { meQuery, type Me } from './session'

/** Signs in, and tells the whole app who it is now. onRefused empties the secret. */
export function useSignIn(onRefused: () => void) {
  const client = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const signIn = async (path: '/login' | '/login/badge', body: Record<string, string>) => {
    setBusy(true)
    setError(undefined)
    try {
      const me = await send<Me>(path, body)
      client.setQueryData(meQuery.queryKey, me)
    } catch (reason) {
      setError(reason)
      onRefused()
    } finally {
      setBusy(false)
    }
  }
  return { signIn, busy, error }
}
