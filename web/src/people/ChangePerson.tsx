import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { personPath, type Detail } from './people'
import { Reason } from './ReasonDialog'

export function ChangePerson({ person, onClose }: { person: Detail; onClose: () => void }) {
  const t = useT()
  const [name, setName] = useState(person.name)
  const [badge, setBadge] = useState(person.badge ?? '')
  const [reason, setReason] = useState('')
  const change = useCommand(onClose)
  const errors = fieldErrors(change.error)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('people.change_title', { id: person.id })}
      confirm={t('people.save')}
      busy={change.isPending}
      disabled={!name.trim() || reason.trim().length < 3}
      error={change.error}
      onConfirm={() =>
        change.mutate({
          path: `${personPath(person.id)}/change`,
          body: { name: name.trim(), badge: badge.trim(), reason: reason.trim() },
        })
      }
    >
      <TextInput
        label={t('people.field.name')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={errors.name}
        data-autofocus
      />
      {person.kind === 'person' && (
        <TextInput
          label={t('people.field.badge')}
          value={badge}
          onChange={(event) => setBadge(event.currentTarget.value)}
          error={errors.badge}
        />
      )}
      <Reason value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}
