import { useT } from '../i18n/i18n'
import type { InspectionCheck, InspectionRule, Instruction, Recipe, RecipeParameter } from './document'
import classes from './documents.module.css'
import { Choice, Decimal, Whole, Words } from './Fields'
import { Items } from './Items'
import { PictureField } from './PictureField'
import rule from './rule.module.css'
import { RulePreview } from './RulePreview'
import { useDevices } from './RoutingForm'

interface Props<T> {
  value: T
  onChange: (value: T) => void
}

type Picture = NonNullable<Instruction['pictures']>[number]

/** A new ID that no item of the list has. */
export const freshID = (items: { id: string }[], stem: string) => {
  for (let n = items.length + 1; ; n++) if (!items.some((item) => item.id === `${stem}${n}`)) return `${stem}${n}`
}

export function InstructionForm({ value, onChange }: Props<Instruction>) {
  const t = useT()
  const change = (part: Partial<Instruction>) => onChange({ ...value, ...part })
  const pictures = value.pictures ?? []
  return (
    <>
      <Words of={value} name="title" change={change} />
      <Words of={value} name="text" change={change} long />
      <Items<Picture>
        items={pictures}
        onChange={(next) => change({ pictures: next })}
        title={(p, i) => p.caption || t('documents.word.picture', { id: String(i + 1) })}
        add={t('documents.picture.add', { label: t('documents.step_field.picture') })}
        fresh={() => ({ id: freshID(pictures, 'p'), hash: '' })}
      >
        {(picture, set) => (
          <div className={classes.fields}>
            <PictureField
              label={t('documents.step_field.picture')}
              hash={picture.hash}
              onChange={(hash) => set({ hash: hash ?? '' })}
            />
            <Words of={picture} name="caption" change={set} />
          </div>
        )}
      </Items>
      <PictureField
        label={t('documents.field.attachment')}
        hash={value.attachment?.hash}
        pdf
        onChange={(hash, name) => change({ attachment: hash ? { hash, name } : undefined })}
      />
    </>
  )
}

export function InspectionForm({ value, onChange }: Props<InspectionRule>) {
  const t = useT()
  const devices = useDevices()
  const change = (part: Partial<InspectionRule>) => onChange({ ...value, ...part })
  const checks = value.checks ?? []
  const units = [
    { value: 'px', label: t('documents.check.unit_px') },
    { value: 'mm', label: t('documents.check.unit_mm') },
    { value: 'px2', label: t('documents.check.unit_px2') },
    { value: '%', label: t('documents.check.unit_percent') },
  ]
  return (
    <div className={rule.columns}>
      <div className={rule.form}>
        <div className={classes.fields}>
          <Words of={value} name="title" change={change} />
          <Choice of={value} name="device" change={change} data={devices} clearable />
          <Decimal of={value} name="pixels_per_mm" change={change} />
          <Decimal of={value} name="review_share" change={change} />
        </div>
        <h2>{t('documents.check.title')}</h2>
        <Items<InspectionCheck>
          items={checks}
          onChange={(next) => change({ checks: next })}
          title={(c) => c.class || c.id}
          add={t('documents.check.add')}
          fresh={() => ({ id: freshID(checks, 'c'), class: '', min_confidence: '0.8' })}
        >
          {(check, set) => (
            <div className={classes.fields}>
              <Words of={check} name="class" change={set} />
              <Decimal of={check} name="min_confidence" change={set} />
              <Decimal of={check} name="ignore_below" change={set} />
              <Whole of={check} name="count_min" change={set} />
              <Whole of={check} name="count_max" change={set} />
              <Decimal of={check} name="size_min" change={set} />
              <Decimal of={check} name="size_max" change={set} />
              <Choice of={check} name="unit" change={set} data={units} clearable />
              <ZoneFields check={check} set={set} />
            </div>
          )}
        </Items>
      </div>
      <RulePreview rule={value} />
    </div>
  )
}

function ZoneFields({ check, set }: { check: InspectionCheck; set: (part: Partial<InspectionCheck>) => void }) {
  const zone = check.zone ?? { x: '', y: '', width: '', height: '' }
  const change = (part: Partial<typeof zone>) => {
    const next = { x: '', y: '', width: '', height: '', ...check.zone, ...part }
    const empty = Object.values(next).every((v) => !v)
    set({
      zone: empty
        ? undefined
        : (Object.fromEntries(Object.entries(next).map(([k, v]) => [k, v || '0'])) as typeof zone),
    })
  }
  return (
    <>
      {(['x', 'y', 'width', 'height'] as const).map((name) => (
        <Decimal key={name} of={zone} name={name} change={change} />
      ))}
    </>
  )
}

export function RecipeForm({ value, onChange }: Props<Recipe>) {
  const t = useT()
  const devices = useDevices()
  const change = (part: Partial<Recipe>) => onChange({ ...value, ...part })
  const parameters = value.parameters ?? []
  return (
    <>
      <div className={classes.fields}>
        <Words of={value} name="title" change={change} />
        <Words of={value} name="device_type" change={change} />
        <Choice of={value} name="device" change={change} data={devices} clearable />
        <Whole of={value} name="program" change={change} />
      </div>
      <Items<RecipeParameter>
        items={parameters}
        onChange={(next) => change({ parameters: next })}
        title={(p) => p.name || p.id}
        add={t('documents.recipe.add')}
        fresh={() => ({ id: freshID(parameters, 'p'), name: '', value: '0' })}
      >
        {(parameter, set) => (
          <div className={classes.fields}>
            <Words of={parameter} name="name" change={set} />
            <Decimal of={parameter} name="value" change={set} />
            <Decimal of={parameter} name="lower" change={set} />
            <Decimal of={parameter} name="upper" change={set} />
            <Words of={parameter} name="unit" change={set} />
          </div>
        )}
      </Items>
    </>
  )
}
