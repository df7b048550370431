import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { setLanguage, useLanguage, useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { Mark } from '../status/icons'
import { RegisterDialog } from '../terminals/RegisterDialog'
import { thisTerminalQuery } from '../terminals/terminal'
import { BadgeLogin } from './BadgeLogin'
import classes from './Login.module.css'
import { ProviderLogin } from './ProviderLogin'
import { stationOf } from './station'
import { useSignIn } from './useSignIn'

/** Sign in: at a registered terminal with badge and PIN, elsewhere with user and password. What was open stays open behind it. */
export function Login() {
  const t = useT()
  const language = useLanguage()
  const here = useQuery(thisTerminalQuery)
  const station = here.data?.registered ? here.data.station : undefined
  const [byPassword, setByPassword] = useState(false)
  const byBadge = station !== undefined && !byPassword
  return (
    <main className={classes.page}>
      <div className={classes.panel} data-station={byBadge || undefined}>
        <div className={classes.brand}>
          <Mark />
          {t('app.name')}
        </div>
        {byBadge ? (
          <BadgeLogin station={station} onPassword={() => setByPassword(true)} />
        ) : (
          <>
            <ProviderLogin />
            <PasswordLogin onBadge={station ? () => setByPassword(false) : undefined} />
            {here.data && !here.data.registered && <NoBadgeHere />}
          </>
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

/** At a station's address on a screen that is no terminal: why no badge is asked for, and the way to change that. */
function NoBadgeHere() {
  const t = useT()
  const [asking, setAsking] = useState(false)
  const station = stationOf()
  if (!station) return null
  return (
    <>
      <p>{t('terminals.login.unregistered', { station })}</p>
      <Button variant="subtle" onClick={() => setAsking(true)}>
        {t('terminals.register.open', { station })}
      </Button>
      {asking && <RegisterDialog station={station} onClose={() => setAsking(false)} />}
    </>
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
