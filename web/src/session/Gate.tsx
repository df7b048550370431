import { Center, Loader } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, type ReactNode } from 'react'
import { whenSignedOut } from '../api/http'
import { ProblemError } from '../api/problem'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { Login } from './Login'
import { MustChange } from './MustChange'
import classes from './Login.module.css'
import { meQuery, SessionContext, useMeQuery, type Me } from './session'
import { untouchedFor } from './touch'

/** How often an untouched screen asks, in ms. */
const idleLook = 30_000

/**
 * Lets nobody through who is not signed in. When a session ends, the sign-in lies over the screen: what was typed stays
 * behind it for the same person, and the address stays for everybody.
 */
export function Gate({ children }: { children: ReactNode }) {
  const t = useT()
  const client = useQueryClient()
  const me = useMeQuery()
  useEffect(
    () =>
      whenSignedOut(() => {
        if (client.getQueryData(meQuery.queryKey)) void client.resetQueries({ queryKey: meQuery.queryKey })
      }),
    [client],
  )
  const { refetch, data } = me
  // A screen that nobody touches asks whether its session has ended: it must not show on what its person may see.
  useEffect(() => {
    if (!data) return
    const timer = setInterval(() => untouchedFor() > idleLook && void refetch(), idleLook)
    return () => clearInterval(timer)
  }, [data, refetch])
  const [last, setLast] = useState<Me>()
  if (me.data && me.data !== last) setLast(me.data)
  const shown = me.data ?? last
  if (me.data?.must_change) return <MustChange me={me.data} kind={me.data.must_change} />
  if (shown)
    return (
      <SessionContext.Provider value={shown}>
        <div key={shown.id} inert={!me.data}>
          {children}
        </div>
        {!me.data && (
          <div className={classes.over} role="dialog" aria-modal="true" aria-label={t('app.login.title')}>
            <Login />
          </div>
        )}
      </SessionContext.Provider>
    )
  if (me.isPending)
    return (
      <Center mih="100vh">
        <Loader aria-label={t('app.loading')} />
      </Center>
    )
  if (me.error instanceof ProblemError && me.error.problem.status === 401) return <Login />
  return (
    <Center mih="100vh" p="lg">
      <ErrorAlert error={me.error} onRetry={() => void me.refetch()} />
    </Center>
  )
}
