import { Button, PasswordInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent, type ReactNode } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import classes from './Login.module.css'
import { meQuery, type Me } from './session'

interface Props {
  kind: 'password' | 'pin'
  /** What proves that it is the person; a federated person's first secret needs no proof. */
  proof: 'password' | 'pin' | 'none'
  onDone?: () => void
  children?: ReactNode
}

/** A new password or PIN of one's own. */
export function ChangeSecret({ kind, proof, onDone, children }: Props) {
  const t = useT()
  const client = useQueryClient()
  const [current, setCurrent] = useState('')
  const [fresh, setFresh] = useState('')
  const [again, setAgain] = useState('')
  const change = useCommand<Me>((me) => {
    client.setQueryData(meQuery.queryKey, me)
    onDone?.()
  })
  const errors = fieldErrors(change.error)
  const differ = again !== '' && again !== fresh
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (fresh === '' || again !== fresh) return
    const shown = proof === 'none' ? {} : { [`current_${proof}`]: current }
    change.mutate({ path: '/me/secret', body: { kind, new: fresh, ...shown } })
  }
  const field = (label: string, value: string, set: (value: string) => void, error?: string, name = 'new-password') => (
    <PasswordInput
      label={label}
      value={value}
      onChange={(event) => set(event.currentTarget.value)}
      error={error}
      autoComplete={name}
      inputMode={kind === 'pin' ? 'numeric' : undefined}
      visibilityToggleButtonProps={{ 'aria-label': t('app.login.show') }}
    />
  )
  return (
    <form className={classes.form} noValidate onSubmit={submit}>
      {proof !== 'none' &&
        field(t(`people.own.current_${proof}`), current, setCurrent, errors[`current_${proof}`], 'current-password')}
      {field(t(`people.own.new_${kind}`), fresh, setFresh, errors.new)}
      <p className="label">{t(`people.own.rule_${kind}`)}</p>
      {field(t('people.own.again'), again, setAgain, differ ? t('people.own.differ') : undefined)}
      {change.isError && <ErrorAlert error={change.error} />}
      <Button
        type="submit"
        variant="filled"
        loading={change.isPending}
        disabled={(proof !== 'none' && current === '') || fresh === '' || again !== fresh}
      >
        {t(`people.own.set_${kind}`)}
      </Button>
      {children}
    </form>
  )
}
