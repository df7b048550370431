import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { setLanguage, useLanguage, useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { Mark } from '../status/icons'
import { BadgeLogin } from './BadgeLogin'
import classes from './Login.module.css'
import { stationHere } from './station'
import { useSignIn } from './useSignIn'

/** Sign in: at a station with badge and PIN, elsewhere with user and password. What was open stays open behind it. */
export function Login() {
  const t = useT()
  const language = useLanguage()
  const [station] = useState(() => stationHere())
  const [byBadge, setByBadge] = useState(station !== undefined)
  return (
    <main className={classes.page}>
      <div className={classes.panel} data-station={byBadge || undefined}>
        <div className={classes.brand}>
          <Mark />
          {t('app.name')}
        </div>
        {byBadge && station ? (
          <BadgeLogin station={station} onPassword={() => setByBadge(false)} />
        ) : (
          <PasswordLogin onBadge={station ? () => setByBadge(true) : undefined} />
        )}
        <Button
          variant="subtle"
          lang={language === 'de' ? 'en' : 'de'}
          onClick={() => setLanguage(language === 'de' ? 'en' : 'de')}
        >
          {t('app.account.other_language')}
        </Button>
      </div>
    </main>
  )
}

function PasswordLogin({ onBadge }: { onBadge?: () => void }) {
  const t = useT()
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const { signIn, busy, error } = useSignIn(() => setPassword(''))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void signIn('/login', { user: user.trim(), password })
  }
  return (
    <form onSubmit={submit} className={classes.form} noValidate>
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
      {onBadge && (
        <Button variant="subtle" onClick={onBadge}>
          {t('app.login.with_badge')}
        </Button>
      )}
    </form>
  )
}
