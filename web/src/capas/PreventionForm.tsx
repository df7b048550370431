import { ActionIcon, Button, Checkbox, Select, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useT } from '../i18n/i18n'
import type { Capa } from './capa'
import classes from './capas.module.css'
import { Words, type FormProps } from './EditDiscipline'

type Prevention = Capa['record']['prevention']
const kinds = ['routing', 'instruction', 'inspection_rule', 'recipe'] as const

/** What keeps it from coming back: changed documents, and where else it was looked for. */
export function PreventionForm({ value, onChange }: FormProps<Prevention>) {
  const t = useT()
  const doc = (i: number, change: Partial<Prevention['documents'][number]>) =>
    onChange({ ...value, documents: value.documents.map((one, at) => (at === i ? { ...one, ...change } : one)) })
  const similar = (i: number, change: Partial<Prevention['similar'][number]>) =>
    onChange({ ...value, similar: value.similar.map((one, at) => (at === i ? { ...one, ...change } : one)) })
  return (
    <>
      <Words
        label={t('capas.field.prevention')}
        value={value.text}
        onChange={(text) => onChange({ ...value, text })}
        focus
      />
      <h3>{t('capas.documents')}</h3>
      {value.documents.map((one, i) => (
        <div key={i} className={classes.formRow} data-three>
          <Select
            label={t('capas.field.kind')}
            data={[...kinds]}
            value={one.kind}
            onChange={(kind) => doc(i, { kind: kinds.find((k) => k === kind) ?? one.kind })}
            allowDeselect={false}
          />
          <TextInput
            label={t('capas.field.document')}
            value={one.id}
            maxLength={64}
            onChange={(event) => doc(i, { id: event.currentTarget.value })}
          />
          <TextInput
            label={t('capas.field.revision')}
            value={one.revision}
            maxLength={16}
            onChange={(event) => doc(i, { revision: event.currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            aria-label={t('capas.remove', { what: one.id || String(i + 1) })}
            onClick={() => onChange({ ...value, documents: value.documents.filter((_, at) => at !== i) })}
          >
            <IconX className="icon" aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          leftSection={<IconPlus className="icon" aria-hidden />}
          onClick={() =>
            onChange({
              ...value,
              documents: [...value.documents, { kind: 'instruction', id: '', revision: '', readers: 0, read: 0 }],
            })
          }
        >
          {t('capas.add_document')}
        </Button>
      </div>
      <h3>{t('capas.similar')}</h3>
      {value.similar.map((one, i) => (
        <div key={i} className={classes.formRow} data-three>
          <TextInput
            label={t('capas.field.similar')}
            value={one.product}
            maxLength={100}
            onChange={(event) => similar(i, { product: event.currentTarget.value })}
          />
          <TextInput
            label={t('capas.field.finding')}
            value={one.text}
            maxLength={500}
            onChange={(event) => similar(i, { text: event.currentTarget.value })}
          />
          <Checkbox
            label={t('capas.field.concerned')}
            checked={one.concerned}
            onChange={(event) => similar(i, { concerned: event.currentTarget.checked })}
          />
          <ActionIcon
            variant="subtle"
            aria-label={t('capas.remove', { what: one.product || String(i + 1) })}
            onClick={() => onChange({ ...value, similar: value.similar.filter((_, at) => at !== i) })}
          >
            <IconX className="icon" aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          leftSection={<IconPlus className="icon" aria-hidden />}
          onClick={() =>
            onChange({ ...value, similar: [...value.similar, { product: '', concerned: false, text: '' }] })
          }
        >
          {t('capas.add_similar')}
        </Button>
      </div>
    </>
  )
}
