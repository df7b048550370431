import { Button, PasswordInput, TextInput } from '@mantine/core'
import { IconBackspace } from '@tabler/icons-react'
import { useRef, useState, type FormEvent } from 'react'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { useScan } from '../scan/ScanProvider'
import { IconScan } from '../status/icons'
import classes from './Login.module.css'
import { useSignIn } from './useSignIn'

interface Props {
  station: string
  onPassword: () => void
}

/** Sign in at a station: scan the badge, then enter its PIN by touch or keys. Typing the badge is the fallback. */
export function BadgeLogin({ station, onPassword }: Props) {
  const t = useT()
  const [badge, setBadge] = useState('')
  const [typed, setTyped] = useState('')
  useScan((code) => {
    setBadge(code)
    return true
  })
  if (badge) return <PinPad key={badge} station={station} badge={badge} onBack={() => setBadge('')} />
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setBadge(typed.trim())
      }}
    >
      <h1>{t('app.login.at', { station })}</h1>
      <div className={classes.scan}>
        <IconScan aria-hidden />
        <b role="status">{t('app.login.scan_badge')}</b>
      </div>
      <TextInput
        label={t('app.login.badge')}
        size="lg"
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Button type="submit" size="lg" disabled={typed.trim() === ''}>
        {t('app.login.to_pin')}
      </Button>
      <Button variant="subtle" size="lg" onClick={onPassword}>
        {t('app.login.with_password')}
      </Button>
    </form>
  )
}

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9']

/** The digits of the PIN, large enough for gloves. The field is a secret, so nothing typed here is taken for a scan. */
function PinPad({ station, badge, onBack }: { station: string; badge: string; onBack: () => void }) {
  const t = useT()
  const field = useRef<HTMLInputElement>(null)
  const [pin, setPin] = useState('')
  const { signIn, busy, error } = useSignIn(() => setPin(''))
  const add = (digit: string) => {
    setPin((old) => old + digit)
    field.current?.focus()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (pin !== '') void signIn('/login/badge', { badge, pin, station })
  }
  return (
    <form className={classes.form} noValidate onSubmit={submit}>
      <h1>{t('app.login.at', { station })}</h1>
      <p>
        {t('app.login.badge')} <b className="id">{badge}</b>
      </p>
      <PasswordInput
        ref={field}
        label={t('app.login.pin')}
        size="lg"
        inputMode="none"
        autoComplete="off"
        autoFocus
        value={pin}
        onChange={(event) => setPin(event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': t('app.login.show') }}
      />
      {error !== undefined && <ErrorAlert error={error} />}
      <div className={classes.pad}>
        {digits.map((digit) => (
          <button key={digit} type="button" onClick={() => add(digit)}>
            {digit}
          </button>
        ))}
        <button type="button" data-quiet onClick={onBack}>
          {t('app.login.other_badge')}
        </button>
        <button type="button" onClick={() => add('0')}>
          {'0'}
        </button>
        <button type="button" data-quiet onClick={() => setPin(pin.slice(0, -1))} aria-label={t('app.login.erase')}>
          <IconBackspace aria-hidden />
        </button>
      </div>
      <Button type="submit" variant="filled" size="lg" loading={busy} disabled={pin === ''}>
        {t('app.login.submit')}
      </Button>
    </form>
  )
}
