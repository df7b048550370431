import { Checkbox, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useT } from '../i18n/i18n'
import { productsQuery, type Characteristic, type Step, type StepKind } from '../plant/plant'
import { documentsQuery } from './document'
import classes from './documents.module.css'
import { Choice, Decimal, Whole, Words } from './Fields'
import { Items } from './Items'
import { freshID } from './OtherForms'
import { PictureField } from './PictureField'
import { useDevices } from './RoutingForm'

const kinds: StepKind[] = ['confirm', 'scan', 'measure', 'device', 'vision', 'label']

/** One step of an operation: what is said and shown, and what its kind needs. */
export function StepForm({ step, set }: { step: Step; set: (part: Partial<Step>) => void }) {
  const t = useT()
  const machine = step.kind === 'device' || step.kind === 'vision' || step.kind === 'label'
  return (
    <>
      <div className={classes.fields}>
        <Words of={step} name="id" change={(part) => set({ id: '', ...part })} />
        <Words of={step} name="name" change={(part) => set({ name: '', ...part })} />
        <Select
          label={t('documents.step_field.kind')}
          allowDeselect={false}
          data={kinds.map((kind) => ({ value: kind, label: t(`documents.step.${kind}`) }))}
          value={step.kind}
          onChange={(kind) => set({ kind: kind as StepKind })}
        />
        <InstructionField step={step} set={set} />
        <Words of={step} name="instruction" change={set} long />
        <PictureField
          label={t('documents.step_field.picture')}
          hash={step.picture}
          onChange={(picture) => set({ picture })}
        />
        {step.kind === 'scan' && <ComponentFields step={step} set={set} />}
        {machine && <MachineFields step={step} set={set} />}
        {step.kind === 'measure' && <Whole of={step} name="sample" change={set} />}
        {step.kind === 'measure' && <Words of={step} name="gauge" change={set} />}
      </div>
      {(step.kind === 'measure' || step.kind === 'device') && <Characteristics step={step} set={set} />}
    </>
  )
}

interface Props {
  step: Step
  set: (part: Partial<Step>) => void
}

/** The work instruction that is read at the step. */
function InstructionField({ step, set }: Props) {
  const known = useQuery(documentsQuery({ product: 'instruction' }))
  const data = (known.data?.items ?? []).map((r) => ({ value: r.id, label: `${r.id}, ${r.name}` }))
  return <Choice of={step} name="document" change={set} data={data} clearable />
}

function ComponentFields({ step, set }: Props) {
  const products = useQuery(productsQuery)
  const component = step.component ?? { material: '', quantity: '1' }
  const change = (part: Partial<typeof component>) => set({ component: { ...component, ...part } })
  return (
    <>
      <Choice
        of={component}
        name="material"
        change={change}
        data={(products.data ?? []).map((p) => ({ value: p.id, label: `${p.id}, ${p.name}` }))}
      />
      <Decimal of={component} name="quantity" change={change} />
    </>
  )
}

function MachineFields({ step, set }: Props) {
  const t = useT()
  const devices = useDevices()
  return (
    <>
      <Choice of={step} name="device" change={set} data={devices} />
      {step.kind === 'device' && (
        <>
          <Whole of={step} name="program" change={set} />
          <Whole of={step} name="repeats" change={set} />
          <Checkbox
            label={t('documents.step_field.by_hand')}
            checked={step.by_hand ?? false}
            onChange={(e) => set({ by_hand: e.currentTarget.checked || undefined })}
          />
        </>
      )}
      {step.kind === 'vision' && (
        <>
          <Decimal of={step} name="min_confidence" change={set} />
          <Choice
            of={step}
            name="on_silence"
            change={set}
            data={(['hold', 'ask', 'retry'] as const).map((value) => ({
              value,
              label: t(`documents.silence.${value}`),
            }))}
          />
          <Whole of={step} name="max_shots" change={set} />
        </>
      )}
      {step.kind === 'label' && <Words of={step} name="label" change={set} />}
      <Whole of={step} name="timeout_s" change={set} />
    </>
  )
}

function Characteristics({ step, set }: Props) {
  const t = useT()
  const all = step.characteristics ?? []
  return (
    <Items<Characteristic>
      items={all}
      onChange={(characteristics) => set({ characteristics })}
      title={(c) => c.name || c.id}
      add={t('documents.characteristic.add')}
      level={4}
      fresh={() => ({ id: freshID(all, 'V'), name: '' })}
    >
      {(characteristic, change) => (
        <div className={classes.fields}>
          <Words of={characteristic} name="id" change={(part) => change({ id: '', ...part })} />
          <Words of={characteristic} name="name" change={(part) => change({ name: '', ...part })} />
          <Words of={characteristic} name="unit" change={change} />
          <Decimal of={characteristic} name="target" change={change} />
          <Decimal of={characteristic} name="lower" change={change} />
          <Decimal of={characteristic} name="upper" change={change} />
        </div>
      )}
    </Items>
  )
}
