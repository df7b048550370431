import { Button, PasswordInput, TextInput } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useT } from '../i18n/i18n'
import { useScan } from '../scan/ScanProvider'
import { useMe } from '../session/session'
import { IconScan } from '../status/icons'
import classes from './sign.module.css'

/** How a person shows who they are: a scanned badge with its PIN at a terminal, user and password anywhere. */
export interface Proof {
  user: string
  password: string
  badge: string
  pin: string
}

export const noProof = (user = ''): Proof => ({ user, password: '', badge: '', pin: '' })

export const isProof = (proof: Proof) =>
  proof.badge !== '' ? proof.pin !== '' : proof.user.trim() !== '' && proof.password !== ''

/** What goes to the server: the two components that were given, and no others. */
export const proofBody = (proof: Proof) =>
  proof.badge !== '' ? { badge: proof.badge, pin: proof.pin } : { user: proof.user.trim(), password: proof.password }

interface Props {
  proof: Proof
  onChange: (proof: Proof) => void
}

/** Asks for both components at each signing. Enter does nothing here: a signature is given by its button only. */
export function Prove({ proof, onChange }: Props) {
  const t = useT()
  const me = useMe()
  const atTerminal = me.station !== undefined && me.station !== ''
  useScan((code) => {
    if (!atTerminal) return false
    onChange({ ...noProof(), badge: code })
    return true
  })
  return (
    <div className={classes.prove} onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}>
      {proof.badge !== '' ? (
        <>
          <div>
            <span className="label">{t('sign.who')}</span>
            <p className={classes.badge} role="status">
              <IconCircleCheck className="icon" aria-hidden />
              <span>
                <b className="id">{proof.badge}</b>, {t('sign.badge_read')}
                <Button variant="subtle" size="compact-sm" onClick={() => onChange(noProof())}>
                  {t('sign.other_person')}
                </Button>
              </span>
            </p>
          </div>
          <PasswordInput
            label={t('sign.pin')}
            inputMode="numeric"
            autoComplete="off"
            autoFocus
            value={proof.pin}
            onChange={(event) => onChange({ ...proof, pin: event.currentTarget.value })}
            visibilityToggleButtonProps={{ 'aria-label': t('app.login.show') }}
          />
        </>
      ) : (
        <>
          <TextInput
            label={t('sign.who')}
            description={atTerminal ? t('sign.or_scan') : undefined}
            leftSection={atTerminal ? <IconScan className="icon" aria-hidden /> : undefined}
            name="signer"
            autoComplete="off"
            value={proof.user}
            onChange={(event) => onChange({ ...proof, user: event.currentTarget.value })}
          />
          <PasswordInput
            label={t('sign.password')}
            description={atTerminal ? '\u00a0' : undefined}
            name="signer-password"
            autoComplete="off"
            value={proof.password}
            onChange={(event) => onChange({ ...proof, password: event.currentTarget.value })}
            visibilityToggleButtonProps={{ 'aria-label': t('app.login.show') }}
            data-autofocus
          />
        </>
      )}
    </div>
  )
}
