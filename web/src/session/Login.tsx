import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { send } from '../api/http'
import { setLanguage, useLanguage, useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { Mark } from '../status/icons'
import classes from './Login.module.css'
import { meQuery, type Me } from './session'

/** Sign in with user and password. What was open before stays open behind it. */
export function Login() {
  const t = useT()
  const client = useQueryClient()
  const language = useLanguage()
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      client.setQueryData(meQuery.queryKey, await send<Me>('/login', { user: user.trim(), password }))
    } catch (reason) {
      setError(reason)
      setPassword('')
    } finally {
      setBusy(false)
    }
  }
  return (
    <main className={classes.page}>
      <form onSubmit={(event) => void submit(event)} className={classes.form} noValidate>
        <div className={classes.brand}>
          <Mark />
          {t('app.name')}
        </div>
        <h1>{t('app.login.title')}</h1>
        <TextInput
          label={t('app.login.user')}
          name="user"
          autoComplete="username"
          autoFocus
          required
          withAsterisk={false}
          value={user}
          onChange={(event) => setUser(event.currentTarget.value)}
        />
        <PasswordInput
          label={t('app.login.password')}
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': t('app.login.show') }}
        />
        {error !== undefined && <ErrorAlert error={error} />}
        <Button type="submit" variant="filled" loading={busy} disabled={user.trim() === '' || password === ''}>
          {t('app.login.submit')}
        </Button>
        <Button
          variant="subtle"
          lang={language === 'de' ? 'en' : 'de'}
          onClick={() => setLanguage(language === 'de' ? 'en' : 'de')}
        >
          {t('app.account.other_language')}
        </Button>
      </form>
    </main>
  )
}
