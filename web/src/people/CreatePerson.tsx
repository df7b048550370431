import { MultiSelect, SegmentedControl, SimpleGrid, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { path, rolesOf, type Detail } from './people'

interface Props {
  onClose: () => void
  onCreated: (person: Detail) => void
}

/** A new account. Its ID is for ever, so the dialogue says so; a password comes after. */
export function CreatePerson({ onClose, onCreated }: Props) {
  const t = useT()
  const [form, setForm] = useState({ id: '', name: '', badge: '', reason: '' })
  const [kind, setKind] = useState<'person' | 'service'>('person')
  const [roles, setRoles] = useState<string[]>([])
  const create = useCommand<Detail>(onCreated)
  const errors = fieldErrors(create.error)
  const field = (name: keyof typeof form) => ({
    label: t(`people.field.${name}`),
    value: form[name],
    onChange: (event: { currentTarget: { value: string } }) => setForm({ ...form, [name]: event.currentTarget.value }),
    error: errors[name],
  })
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('people.new')}
      confirm={t('people.create.confirm')}
      busy={create.isPending}
      disabled={!form.id.trim() || !form.name.trim() || roles.length === 0 || form.reason.trim().length < 3}
      error={create.error}
      onConfirm={() => create.mutate({ path, body: { ...form, kind, roles } })}
    >
      <SegmentedControl
        aria-label={t('people.field.kind')}
        value={kind}
        onChange={(next) => {
          setKind(next as typeof kind)
          setRoles([])
        }}
        data={[
          { value: 'person', label: t('people.kind.person') },
          { value: 'service', label: t('people.kind.service') },
        ]}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        <TextInput {...field('id')} description={t('people.create.id')} maxLength={64} data-autofocus />
        <TextInput {...field('name')} description={t('people.create.name')} maxLength={200} />
        {kind === 'person' && <TextInput {...field('badge')} maxLength={100} />}
      </SimpleGrid>
      <MultiSelect
        label={t('people.column.roles')}
        searchable
        data={rolesOf[kind].map((role) => ({ value: role, label: t(`app.role.${role}`) }))}
        value={roles}
        onChange={setRoles}
        error={errors.roles}
      />
      <TextInput {...field('reason')} description={t('people.reason_help')} maxLength={500} />
    </ConfirmDialog>
  )
}
