import { Select, TagsInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { path, severities, type Capa } from './capa'
import { PersonSelect } from './People'

/** Title, severity, product, codes, who leads and who is told when they are late. */
export function ChangeCapa({ capa, onClose }: { capa: Capa; onClose: () => void }) {
  const t = useT()
  const [title, setTitle] = useState(capa.title)
  const [severity, setSeverity] = useState<string | null>(capa.severity)
  const [product, setProduct] = useState(capa.product ?? '')
  const [codes, setCodes] = useState(capa.codes)
  const [owner, setOwner] = useState(capa.owner ?? '')
  const [manager, setManager] = useState(capa.manager ?? '')
  const run = useCommand(onClose)
  const errors = fieldErrors(run.error)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('capas.change')}
      confirm={t('capas.save')}
      busy={run.isPending}
      disabled={!title.trim() || !severity}
      error={run.error}
      onConfirm={() =>
        run.mutate({
          path: `${path}/${capa.id}/change`,
          body: { title: title.trim(), severity, product: product.trim(), codes, owner, manager, seen: capa.version },
        })
      }
    >
      <TextInput
        label={t('capas.field.title')}
        value={title}
        maxLength={200}
        onChange={(event) => setTitle(event.currentTarget.value)}
        error={errors.title}
        data-autofocus
      />
      <Select
        label={t('capas.column.severity')}
        data={severities.map((value) => ({ value, label: t(`status.severity.${value}`) }))}
        value={severity}
        onChange={setSeverity}
        allowDeselect={false}
      />
      <TextInput
        label={t('capas.field.product')}
        value={product}
        maxLength={64}
        onChange={(event) => setProduct(event.currentTarget.value)}
        error={errors.product}
      />
      <TagsInput label={t('capas.field.codes')} value={codes} onChange={setCodes} maxTags={20} error={errors.codes} />
      <PersonSelect
        label={t('capas.field.owner')}
        value={owner}
        onChange={setOwner}
        clearable
        clearButtonProps={{ 'aria-label': t('list.clear') }}
        error={errors.owner}
      />
      <PersonSelect
        label={t('capas.field.manager')}
        description={t('capas.field.manager_hint')}
        value={manager}
        onChange={setManager}
        clearable
        clearButtonProps={{ 'aria-label': t('list.clear') }}
        error={errors.manager}
      />
    </ConfirmDialog>
  )
}
