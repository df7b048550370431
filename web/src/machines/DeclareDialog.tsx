import { NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import type { Machine } from './machine'

/** Says by hand what a machine does, or lets it speak for itself again. */
export function DeclareDialog({ machine, onClose }: { machine: Machine; onClose: () => void }) {
  const t = useT()
  const [state, setState] = useState('')
  const [note, setNote] = useState('')
  const send = useCommand(onClose)
  const fields = fieldErrors(send.error)
  const states = ['running', 'idle', 'setup', 'planned_down', 'unplanned_down'] as const
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('machines.declare_title', { station: machine.station })}
      confirm={t('machines.declare_confirm')}
      busy={send.isPending}
      disabled={state === '' && !machine.declared_by}
      error={send.error}
      onConfirm={() =>
        send.mutate({ path: `/machines/${encodeURIComponent(machine.station)}/state`, body: { state, note } })
      }
    >
      <NativeSelect
        label={t('machines.column.state')}
        description={t('machines.declare_hint')}
        value={state}
        error={fields.state}
        data-autofocus
        onChange={(event) => setState(event.currentTarget.value)}
      >
        <option value="">{t('machines.declare_back')}</option>
        {states
          .filter((name) => machine.source !== 'tags' || name !== 'running')
          .map((name) => (
            <option key={name} value={name}>
              {t(name === 'unplanned_down' ? 'status.machine.down' : `status.machine.${name}`)}
            </option>
          ))}
      </NativeSelect>
      <TextInput
        label={t('machines.stop.note')}
        value={note}
        maxLength={500}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
