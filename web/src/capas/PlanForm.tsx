import { MultiSelect, NumberInput, Select, TagsInput, TextInput } from '@mantine/core'
import { DecimalField } from '../form/DecimalField'
import { useT } from '../i18n/i18n'
import { eventKinds, type Capa, type Criterion } from './capa'
import classes from './capas.module.css'
import { Words, type FormProps } from './EditDiscipline'

type Plan = Capa['record']['plan']

/** Why these actions, and by which data their effect will be judged. The baseline is read from the data when it is saved. */
export function PlanForm({ value, onChange }: FormProps<Plan>) {
  const t = useT()
  const k = value.criterion!
  const set = (change: Partial<Criterion>) => onChange({ ...value, criterion: { ...k, ...change } })
  return (
    <>
      <Words label={t('capas.field.plan')} value={value.text} onChange={(text) => onChange({ ...value, text })} focus />
      <fieldset className={classes.fieldset}>
        <legend>{t('capas.criterion')}</legend>
        <p>{t('capas.criterion_hint')}</p>
        <MultiSelect
          label={t('capas.field.kinds')}
          description={t('capas.field.kinds_hint')}
          data={eventKinds.map((kind) => ({ value: kind, label: t(`capas.kind.${kind}`) }))}
          value={k.kinds}
          onChange={(kinds) => set({ kinds })}
        />
        <TagsInput label={t('capas.field.codes')} value={k.codes} onChange={(codes) => set({ codes })} maxTags={20} />
        <div className={classes.pair}>
          <TextInput
            label={t('capas.field.product')}
            value={k.product ?? ''}
            maxLength={64}
            onChange={(event) => set({ product: event.currentTarget.value })}
          />
          <TextInput
            label={t('capas.field.operation')}
            value={k.operation ?? ''}
            maxLength={64}
            onChange={(event) => set({ operation: event.currentTarget.value })}
          />
        </div>
        <div className={classes.pair}>
          <Select
            label={t('capas.field.measure')}
            data={(['rate', 'count'] as const).map((m) => ({ value: m, label: t(`capas.measure.${m}`) }))}
            value={k.measure}
            onChange={(measure) => set({ measure: measure ?? k.measure })}
            allowDeselect={false}
          />
          <DecimalField label={t('capas.field.target')} value={k.target} onChange={(target) => set({ target })} />
        </div>
        <div className={classes.pair}>
          <NumberInput
            label={t('capas.field.days')}
            min={1}
            max={730}
            value={k.days}
            onChange={(days) => set({ days: Number(days) })}
          />
          <DecimalField
            label={t('capas.field.min_pieces')}
            description={t('capas.field.min_pieces_hint')}
            value={k.min_pieces}
            onChange={(min_pieces) => set({ min_pieces })}
          />
        </div>
      </fieldset>
    </>
  )
}
