import { NumberInput, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { send, type Schemas } from '../api/http'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { Reason } from '../people/ReasonDialog'
import { thisTerminalQuery } from './terminal'

/**
 * Makes this browser the terminal of a station. Who may do that proves it here, so that whoever works at the screen stays
 * signed in.
 */
export function RegisterDialog({ station, onClose }: { station: string; onClose: () => void }) {
  const t = useT()
  const client = useQueryClient()
  const [name, setName] = useState(t('terminals.register.default_name', { station }))
  const [idle, setIdle] = useState<number | string>(15)
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const [reason, setReason] = useState('')
  const register = useMutation({
    mutationFn: () =>
      send<Schemas['RegisteredTerminal']>('/terminals', {
        station,
        name: name.trim(),
        idle_minutes: Number(idle),
        user: user.trim(),
        password,
        reason: reason.trim(),
      } satisfies Schemas['NewTerminal']),
    onError: () => setPassword(''),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: thisTerminalQuery.queryKey })
      await client.invalidateQueries({ queryKey: ['me'] })
      onClose()
    },
  })
  const errors = fieldErrors(register.error)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('terminals.register.title', { station })}
      confirm={t('terminals.register.confirm')}
      busy={register.isPending}
      disabled={!name.trim() || !user.trim() || password === '' || idle === '' || reason.trim().length < 3}
      error={register.error}
      onConfirm={() => register.mutate()}
    >
      <p>{t('terminals.register.text', { station })}</p>
      <TextInput
        label={t('terminals.field.name')}
        description={t('terminals.field.name_help')}
        value={name}
        maxLength={100}
        onChange={(event) => setName(event.currentTarget.value)}
        error={errors.name}
      />
      <NumberInput
        label={t('terminals.field.idle')}
        description={t('terminals.field.idle_help')}
        min={1}
        max={480}
        allowDecimal={false}
        value={idle}
        onChange={setIdle}
        error={errors.idle_minutes}
      />
      <Reason value={reason} onChange={setReason} />
      <TextInput
        label={t('terminals.field.user')}
        autoComplete="off"
        value={user}
        onChange={(event) => setUser(event.currentTarget.value)}
        data-autofocus
      />
      <PasswordInput
        label={t('terminals.field.password')}
        autoComplete="off"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': t('app.login.show') }}
      />
    </ConfirmDialog>
  )
}
