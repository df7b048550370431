import { Button, Modal, NumberInput, Stack, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { ErrorAlert } from '../message/ErrorAlert'
import { Reason } from '../people/ReasonDialog'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { stateOf, terminalPath, type RegisteredTerminal } from './terminal'

/** One terminal: what is known of it, its name and idle time, and its end. */
export function TerminalDialog({ terminal, onClose }: { terminal: RegisteredTerminal; onClose: () => void }) {
  const t = useT()
  const me = useMe()
  const [revoking, setRevoking] = useState(false)
  const open = !terminal.revoked_at && can(me, 'terminal.manage')
  if (revoking) return <Revoke terminal={terminal} onClose={onClose} />
  return (
    <Modal opened onClose={onClose} title={terminal.name} closeButtonProps={{ 'aria-label': t('message.close') }}>
      <Facts
        rows={[
          [t('terminals.column.station'), terminal.station],
          [t('list.by_state'), <Status key="s" of="terminal" state={stateOf(terminal)} />],
          [t('terminals.column.seen'), terminal.last_seen && <Time key="l" value={terminal.last_seen} form="full" />],
          [t('terminals.registered_by'), terminal.registered_by],
          [t('terminals.column.registered'), <Time key="r" value={terminal.registered_at} form="full" />],
          [t('terminals.revoked_by'), terminal.revoked_by],
          [t('terminals.revoked_at'), terminal.revoked_at && <Time key="e" value={terminal.revoked_at} form="full" />],
          [t('orders.reason'), terminal.reason],
        ]}
      />
      {open && <Change terminal={terminal} onDone={onClose} onRevoke={() => setRevoking(true)} />}
    </Modal>
  )
}

interface ChangeProps {
  terminal: RegisteredTerminal
  onDone: () => void
  onRevoke: () => void
}

function Change({ terminal, onDone, onRevoke }: ChangeProps) {
  const t = useT()
  const [name, setName] = useState(terminal.name)
  const [idle, setIdle] = useState<number | string>(terminal.idle_minutes)
  const [reason, setReason] = useState('')
  const change = useCommand(onDone)
  const errors = fieldErrors(change.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({
      path: `${terminalPath(terminal.id)}/change`,
      body: { name: name.trim(), idle_minutes: Number(idle), reason: reason.trim() },
    })
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack mt="md">
        <TextInput
          label={t('terminals.field.name')}
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
        {change.isError && <ErrorAlert error={change.error} />}
        <div className="row">
          <Button
            type="submit"
            variant="filled"
            loading={change.isPending}
            disabled={!name.trim() || idle === '' || reason.trim().length < 3}
          >
            {t('terminals.save')}
          </Button>
          <Button color="crit" variant="subtle" onClick={onRevoke}>
            {t('terminals.revoke.open')}
          </Button>
        </div>
      </Stack>
    </form>
  )
}

function Revoke({ terminal, onClose }: { terminal: RegisteredTerminal; onClose: () => void }) {
  const t = useT()
  const [reason, setReason] = useState('')
  const revoke = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('terminals.revoke.title', { name: terminal.name })}
      confirm={t('terminals.revoke.confirm')}
      tone="crit"
      busy={revoke.isPending}
      disabled={reason.trim() === ''}
      error={revoke.error}
      onConfirm={() => revoke.mutate({ path: `${terminalPath(terminal.id)}/revoke`, body: { reason: reason.trim() } })}
    >
      <p>{t('terminals.revoke.text')}</p>
      <TextInput
        label={t('orders.reason')}
        description={t('orders.reason_help')}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-autofocus
      />
    </ConfirmDialog>
  )
}
