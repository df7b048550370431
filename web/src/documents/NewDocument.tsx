import { Select, SimpleGrid, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { productsQuery } from '../plant/plant'
import { kinds, path, type Kind, type Revision } from './document'

interface Props {
  /** Given: a new revision of this document, which begins with its content. */
  from?: Revision
  onClose: () => void
  onCreated: (revision: Revision) => void
}

/** The next revision by the habit of letters and numbers: B follows A, 10 follows 9. */
export function nextRevision(revision: string): string {
  if (/^[0-9]+$/.test(revision)) return String(Number(revision) + 1)
  if (/^[A-Y]$/.test(revision)) return String.fromCharCode(revision.charCodeAt(0) + 1)
  return ''
}

/** Begins a document, or the next revision of one. */
export function NewDocument({ from, onClose, onCreated }: Props) {
  const t = useT()
  const draft = useCommand<Revision>(onCreated)
  const errors = fieldErrors(draft.error)
  const [form, setForm] = useState({
    kind: from?.kind ?? ('routing' as Kind),
    id: from?.id ?? '',
    revision: from ? nextRevision(from.revision) : 'A',
    name: from?.name ?? '',
  })
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={from ? t('documents.draft.next', { id: from.id }) : t('documents.new')}
      confirm={t('documents.draft.confirm')}
      busy={draft.isPending}
      disabled={form.id.trim() === '' || form.revision.trim() === ''}
      error={draft.error}
      onConfirm={() => draft.mutate({ path, body: { ...form, ...(from ? { from: from.revision } : {}) } })}
    >
      {!from && (
        <Select
          label={t('documents.column.kind')}
          allowDeselect={false}
          data={kinds.map((kind) => ({ value: kind, label: t(`documents.kind.${kind}`) }))}
          value={form.kind}
          onChange={(kind) => setForm({ ...form, kind: kind as Kind, id: '' })}
          data-autofocus
        />
      )}
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        {!from && form.kind === 'routing' ? (
          <ProductField value={form.id} onChange={(id) => setForm({ ...form, id })} error={errors.id} />
        ) : (
          <TextInput
            label={t('documents.field.id')}
            value={form.id}
            disabled={from !== undefined}
            error={errors.id}
            maxLength={64}
            onChange={(event) => setForm({ ...form, id: event.currentTarget.value })}
          />
        )}
        <TextInput
          label={t('documents.field.revision')}
          value={form.revision}
          error={errors.revision}
          maxLength={16}
          data-autofocus={from ? true : undefined}
          onChange={(event) => setForm({ ...form, revision: event.currentTarget.value })}
        />
      </SimpleGrid>
      {!from && (
        <TextInput
          label={t('documents.field.name')}
          value={form.name}
          maxLength={200}
          onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
        />
      )}
    </ConfirmDialog>
  )
}

function ProductField({ value, onChange, error }: { value: string; onChange: (id: string) => void; error?: string }) {
  const t = useT()
  const products = useQuery(productsQuery)
  return (
    <Select
      label={t('documents.field.product')}
      searchable
      data={(products.data ?? []).map((product) => ({ value: product.id, label: `${product.id}, ${product.name}` }))}
      value={value || null}
      error={error}
      onChange={(id) => onChange(id ?? '')}
    />
  )
}
