import { ActionIcon, Button, Select, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useT } from '../i18n/i18n'
import { categories, causeStates, type Capa, type Cause } from './capa'
import classes from './capas.module.css'
import { Words, type FormProps } from './EditDiscipline'
import { Fishbone } from './Fishbone'

type Root = Capa['record']['occurrence']
type Causes = { occurrence: Root; escape: Root; fishbone: Cause[] }

/** The fishbone first, since it is where causes are thought of; then the whys of each root cause. */
export function CausesForm({ value, onChange }: FormProps<Causes>) {
  const t = useT()
  return (
    <>
      <Bones value={value.fishbone} onChange={(fishbone) => onChange({ ...value, fishbone })} />
      {(['occurrence', 'escape'] as const).map((which) => (
        <fieldset key={which} className={classes.fieldset}>
          <legend>{t(`capas.why.${which}`)}</legend>
          <Whys
            which={which}
            value={value[which]}
            bones={value.fishbone}
            onChange={(root) => onChange({ ...value, [which]: root })}
          />
        </fieldset>
      ))}
    </>
  )
}

/** A chain of whys, the root cause at its end, and how it was proven. */
function Whys({ which, value, bones, onChange }: FormProps<Root> & { which: 'occurrence' | 'escape'; bones: Cause[] }) {
  const t = useT()
  const whys = [...value.whys, '']
  const put = (i: number, text: string) => {
    const next = whys.map((why, at) => (at === i ? text : why))
    onChange({ ...value, whys: next.filter((why, at) => why !== '' || at < next.length - 1) })
  }
  return (
    <>
      <ol className={classes.whys} aria-label={t(`capas.whys.${which}`)}>
        {whys.slice(0, 10).map((why, i) => (
          <li key={i}>
            <TextInput
              aria-label={t('capas.why_n', { n: i + 1 })}
              placeholder={t('capas.why_n', { n: i + 1 })}
              value={why}
              maxLength={500}
              onChange={(event) => put(i, event.currentTarget.value)}
            />
          </li>
        ))}
      </ol>
      <Words label={t('capas.field.root')} value={value.text} onChange={(text) => onChange({ ...value, text })} />
      <Select
        label={t('capas.field.bone')}
        data={bones.filter((bone) => bone.text).map((bone) => ({ value: bone.id, label: bone.text }))}
        value={value.cause ?? null}
        onChange={(cause) => onChange({ ...value, cause: cause ?? undefined })}
        clearable
        clearButtonProps={{ 'aria-label': t('list.clear') }}
      />
      <Words
        label={t('capas.field.proof')}
        value={value.verified}
        onChange={(verified) => onChange({ ...value, verified })}
      />
    </>
  )
}

function Bones({ value, onChange }: FormProps<Cause[]>) {
  const t = useT()
  const put = (i: number, change: Partial<Cause>) =>
    onChange(value.map((one, at) => (at === i ? { ...one, ...change } : one)))
  const fresh = () => {
    const n = Math.max(0, ...value.map((bone) => Number(bone.id.replace(/\D/g, '')) || 0)) + 1
    onChange([...value, { id: `c${n}`, category: value.at(-1)?.category ?? 'machine', text: '', state: 'possible' }])
  }
  return (
    <fieldset className={classes.fieldset}>
      <legend>{t('capas.fishbone')}</legend>
      <Fishbone causes={value.filter((bone) => bone.text)} effect="" />
      {value.map((bone, i) => (
        <div key={bone.id} className={classes.formRow} data-bone>
          <Select
            label={t('capas.field.category')}
            data={categories.map((c) => ({ value: c, label: t(`capas.category.${c}`) }))}
            value={bone.category}
            onChange={(category) => put(i, { category: category ?? bone.category })}
            allowDeselect={false}
          />
          <TextInput
            label={t('capas.field.cause')}
            value={bone.text}
            maxLength={200}
            onChange={(event) => put(i, { text: event.currentTarget.value })}
          />
          <Select
            label={t('capas.field.cause_state')}
            data={causeStates.map((s) => ({ value: s, label: t(`capas.cause.${s}`) }))}
            value={bone.state}
            onChange={(state) => put(i, { state: state ?? bone.state })}
            allowDeselect={false}
          />
          <TextInput
            label={t('capas.field.by_what')}
            value={bone.why ?? ''}
            maxLength={300}
            onChange={(event) => put(i, { why: event.currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            aria-label={t('capas.remove', { what: bone.text || String(i + 1) })}
            onClick={() => onChange(value.filter((_, at) => at !== i))}
          >
            <IconX className="icon" aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button leftSection={<IconPlus className="icon" aria-hidden />} onClick={fresh}>
          {t('capas.add_cause')}
        </Button>
      </div>
    </fieldset>
  )
}
