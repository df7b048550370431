import { Select, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { can, useMe } from '../session/session'
import { linkNouns, path, severities, type Capa, type CapaSearch } from './capa'
import { PersonSelect } from './People'

/** Opens a CAPA. A page of a nonconformance or a hold leads here with its record, which is linked. */
export function RaiseCapa({ search, onClose }: { search: CapaSearch; onClose: () => void }) {
  const t = useT()
  const me = useMe()
  const navigate = useNavigate()
  const linked = search.noun && search.subject && linkNouns.some((noun) => noun === search.noun)
  const [title, setTitle] = useState(search.title ?? '')
  const [why, setWhy] = useState('')
  const [severity, setSeverity] = useState<string | null>('high')
  const [product, setProduct] = useState(search.product ?? '')
  const [codes, setCodes] = useState<string[]>(search.code ? [search.code] : [])
  const [owner, setOwner] = useState('')
  const run = useCommand<Capa>((capa) => void navigate({ to: '/capas/$id', params: { id: capa.id } }))
  const errors = fieldErrors(run.error)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('capas.raise')}
      confirm={t('capas.raise_confirm')}
      busy={run.isPending}
      disabled={!title.trim() || !why.trim() || !severity}
      error={run.error}
      onConfirm={() =>
        run.mutate({
          path,
          body: {
            title: title.trim(),
            why: why.trim(),
            severity,
            product: product.trim() || undefined,
            codes,
            owner: owner || undefined,
            links: linked ? [{ noun: search.noun, subject: search.subject }] : undefined,
          },
        })
      }
    >
      {linked && <p>{t('capas.raise_linked', { record: `${search.noun} ${search.subject}` })}</p>}
      <TextInput
        label={t('capas.field.title')}
        value={title}
        maxLength={200}
        onChange={(event) => setTitle(event.currentTarget.value)}
        error={errors.title}
        data-autofocus
      />
      <Textarea
        label={t('capas.field.why')}
        description={t('capas.field.why_hint')}
        value={why}
        maxLength={4000}
        autosize
        minRows={2}
        onChange={(event) => setWhy(event.currentTarget.value)}
        error={errors.why}
      />
      <Select
        label={t('capas.column.severity')}
        data={severities.map((value) => ({ value, label: t(`status.severity.${value}`) }))}
        value={severity}
        onChange={setSeverity}
        allowDeselect={false}
        error={errors.severity}
      />
      <TextInput
        label={t('capas.field.product')}
        value={product}
        maxLength={64}
        onChange={(event) => setProduct(event.currentTarget.value)}
        error={errors.product}
      />
      <TagsInput
        label={t('capas.field.codes')}
        description={t('capas.field.codes_hint')}
        value={codes}
        onChange={setCodes}
        maxTags={20}
        error={errors.codes}
      />
      {can(me, 'qualification.read') && (
        <PersonSelect
          label={t('capas.field.owner')}
          description={t('capas.field.owner_hint')}
          value={owner}
          onChange={setOwner}
          clearable
          clearButtonProps={{ 'aria-label': t('list.clear') }}
          error={errors.owner}
        />
      )}
    </ConfirmDialog>
  )
}
