import { Checkbox, MultiSelect, NumberInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useT } from '../i18n/i18n'
import { plantQuery, type Operation, type Routing } from '../plant/plant'
import type { Rework } from './document'
import classes from './documents.module.css'
import { Choice, Decimal, Whole, Words } from './Fields'
import { Items } from './Items'
import { freshID } from './OtherForms'
import { StepForm } from './StepForm'

/** The plant's devices, as a form offers them. */
export function useDevices() {
  const plant = useQuery(plantQuery)
  return (plant.data?.devices ?? []).map((d) => ({ value: d.id, label: `${d.id}, ${d.name}` }))
}

/** A routing as a form: operations with their steps, each of them movable. */
export function RoutingForm({ routing, onChange }: { routing: Routing; onChange: (routing: Routing) => void }) {
  const change = (part: Partial<Routing>) => onChange({ ...routing, ...part })
  const operations = routing.operations ?? []
  return (
    <>
      <div className={classes.fields}>
        <Decimal of={routing} name="lot_size" change={change} />
        <Words of={routing} name="lot_pattern" change={change} />
        <Whole of={routing} name="lot_digits" change={change} />
        <Whole of={routing} name="window" change={change} />
      </div>
      <Operations operations={operations} onChange={(next) => change({ operations: next })} />
    </>
  )
}

/** A rework routing as a form: what it is for, where the lot goes back to, and its own operations. */
export function ReworkForm({ value, onChange }: { value: Rework; onChange: (value: Rework) => void }) {
  const t = useT()
  const change = (part: Partial<Rework>) => onChange({ ...value, ...part })
  return (
    <>
      <div className={classes.fields}>
        <Words of={value} name="title" change={(part) => change({ title: '', ...part })} />
        <Words of={value} name="product" change={(part) => change({ product: '', ...part })} />
        <Words of={value} name="return_to" change={(part) => change({ return_to: '', ...part })} />
        <TextInput
          label={t('documents.field.codes')}
          value={(value.codes ?? []).join(' ')}
          onChange={(e) => change({ codes: e.currentTarget.value.split(/[\s,;]+/).filter(Boolean) })}
        />
      </div>
      <Operations operations={value.operations ?? []} onChange={(operations) => change({ operations })} />
    </>
  )
}

function Operations({ operations, onChange }: { operations: Operation[]; onChange: (next: Operation[]) => void }) {
  const t = useT()
  return (
    <Items<Operation>
      items={operations}
      onChange={onChange}
      title={(o) => `${o.id} ${o.name}`}
      add={t('documents.operation.add')}
      level={2}
      fresh={() => ({ id: freshID(operations, 'N'), name: '', stations: [], steps: [], on_fail: { then: 'review' } })}
    >
      {(operation, set) => <OperationForm operation={operation} earlier={operations} set={set} />}
    </Items>
  )
}

interface OperationProps {
  operation: Operation
  earlier: Operation[]
  set: (part: Partial<Operation>) => void
}

function OperationForm({ operation, earlier, set }: OperationProps) {
  const t = useT()
  const plant = useQuery(plantQuery)
  const steps = operation.steps ?? []
  return (
    <>
      <div className={classes.fields}>
        <TextInput
          label={t('documents.field.id')}
          value={operation.id}
          onChange={(e) => set({ id: e.currentTarget.value })}
        />
        <Words of={operation} name="name" change={(part) => set({ name: '', ...part })} />
        <MultiSelect
          label={t('documents.routing.stations')}
          data={(plant.data?.stations ?? []).map((s) => ({ value: s.id, label: s.id }))}
          value={operation.stations ?? []}
          onChange={(stations) => set({ stations })}
        />
        <Whole of={operation} name="planned_s" change={set} />
        <SkillFields operation={operation} set={set} />
        <FailFields operation={operation} earlier={earlier} set={set} />
        <Checkbox
          label={t('documents.operation.confirm')}
          checked={operation.confirm ?? false}
          onChange={(e) => set({ confirm: e.currentTarget.checked || undefined })}
        />
      </div>
      <Items
        items={steps}
        onChange={(next) => set({ steps: next })}
        title={(s) => `${s.id} ${s.name}`}
        add={t('documents.step_add')}
        fresh={() => ({ id: freshID(steps, `${operation.id}-`), kind: 'confirm' as const, name: '' })}
      >
        {(step, change) => <StepForm step={step} set={change} />}
      </Items>
    </>
  )
}

function SkillFields({ operation, set }: { operation: Operation; set: (part: Partial<Operation>) => void }) {
  const t = useT()
  const need = operation.qualification
  return (
    <>
      <TextInput
        label={t('documents.routing.qualification')}
        value={need?.id ?? ''}
        onChange={(e) =>
          set({
            qualification: e.currentTarget.value ? { id: e.currentTarget.value, level: need?.level ?? 1 } : undefined,
          })
        }
      />
      <NumberInput
        label={t('documents.field.level')}
        min={1}
        max={9}
        allowDecimal={false}
        disabled={!need}
        value={need?.level ?? ''}
        onChange={(level) => need && set({ qualification: { id: need.id, level: Number(level) } })}
      />
    </>
  )
}

function FailFields({ operation, earlier, set }: OperationProps) {
  const t = useT()
  const rule = operation.on_fail
  const change = (part: Partial<typeof rule>) => {
    const next = { ...rule, ...part }
    if (!next.rework_to) delete next.max_reworks
    else next.max_reworks ??= 1
    set({ on_fail: next })
  }
  const upTo = earlier.slice(0, earlier.findIndex((o) => o.id === operation.id) + 1)
  return (
    <>
      <Choice
        of={rule}
        name="rework_to"
        change={change}
        clearable
        data={upTo.map((o) => ({ value: o.id, label: `${o.id} ${o.name}` }))}
      />
      {rule.rework_to && <Whole of={rule} name="max_reworks" change={change} />}
      <Choice
        of={rule}
        name="then"
        change={change}
        data={(['review', 'scrap'] as const).map((value) => ({ value, label: t(`documents.then.${value}`) }))}
      />
    </>
  )
}
