import { Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import classes from '../documents/documents.module.css'
import { Choice, Decimal, Whole, Words } from '../documents/Fields'
import { Items } from '../documents/Items'
import { freshID } from '../documents/OtherForms'
import { useT } from '../i18n/i18n'
import { productsQuery } from '../plant/plant'
import type { Characteristic, Plan } from './inspection'

interface Props {
  value: Plan
  onChange: (value: Plan) => void
}

type Sampling = Plan['sampling']

/** The limits as the standard writes them, and its levels. */
const aqls = '0.010 0.015 0.025 0.040 0.065 0.10 0.15 0.25 0.40 0.65 1.0 1.5 2.5 4.0 6.5 10'.split(' ')
const levels = ['S-1', 'S-2', 'S-3', 'S-4', 'I', 'II', 'III']
const plain = (values: string[]) => values.map((value) => ({ value, label: value }))

/** The form of an inspection plan: when, of what, how many pieces, and what is looked at on each. */
export function PlanForm({ value, onChange }: Props) {
  const t = useT()
  const products = useQuery(productsQuery)
  const change = (part: Partial<Plan>) => onChange({ ...value, ...part })
  const points = (['incoming', 'operation', 'final'] as const).map((v) => ({
    value: v,
    label: t(`inspections.point.${v}`),
  }))
  return (
    <>
      <div className={classes.fields}>
        <Words of={value} name="title" change={change} />
        <Choice
          of={value}
          name="point"
          change={(part) =>
            change({
              ...part,
              ...(part.point === 'operation' ? {} : { operation: undefined }),
              ...(part.point === 'incoming' ? {} : { supplier: undefined }),
            })
          }
          data={points}
        />
        <Choice
          of={value}
          name="material"
          change={change}
          data={(products.data ?? []).map((p) => ({ value: p.id, label: `${p.id}, ${p.name}` }))}
        />
        {value.point === 'operation' && <Words of={value} name="operation" change={change} />}
        {value.point === 'incoming' && <Words of={value} name="supplier" change={change} />}
        <Checkbox
          label={t('inspections.plan.blocks')}
          checked={value.blocks ?? false}
          onChange={(event) => change({ blocks: event.currentTarget.checked || undefined })}
        />
      </div>
      <SamplingFields
        value={value.sampling ?? ({ method: 'fixed', size: 1 } as Sampling)}
        onChange={(sampling) => change({ sampling })}
      />
      <Characteristics
        value={value.characteristics ?? []}
        onChange={(characteristics) => change({ characteristics })}
      />
    </>
  )
}

/** What each method of sampling begins with: fields of the other methods would be refused. */
const begins: Record<string, Sampling> = {
  fixed: { method: 'fixed', size: 5 },
  percent: { method: 'percent', percent: '10' },
  aql: { method: 'aql', aql: '1.0', level: 'II' },
}

function SamplingFields({ value, onChange }: { value: Sampling; onChange: (value: Sampling) => void }) {
  const t = useT()
  const change = (part: Partial<Sampling>) => onChange({ ...value, ...part })
  const methods = (['fixed', 'percent', 'aql'] as const).map((v) => ({ value: v, label: t(`inspections.method.${v}`) }))
  return (
    <>
      <h2>{t('inspections.plan.sampling')}</h2>
      <div className={classes.fields}>
        <Choice of={value} name="method" change={(part) => onChange(begins[part.method ?? 'fixed']!)} data={methods} />
        {value.method === 'fixed' && <Whole of={value} name="size" change={change} />}
        {value.method === 'percent' && <Decimal of={value} name="percent" change={change} />}
        {value.method !== 'aql' && <Whole of={value} name="ac" change={change} />}
        {value.method === 'aql' && (
          <>
            <Choice of={value} name="aql" change={change} data={plain(aqls)} />
            <Choice of={value} name="level" change={change} data={plain(levels)} />
            <Checkbox
              label={t('inspections.plan.reduced')}
              checked={value.reduced ?? false}
              onChange={(event) => change({ reduced: event.currentTarget.checked || undefined })}
            />
          </>
        )}
      </div>
    </>
  )
}

function Characteristics({
  value,
  onChange,
}: {
  value: Characteristic[]
  onChange: (value: Characteristic[]) => void
}) {
  const t = useT()
  const kinds = (['attribute', 'variable'] as const).map((v) => ({ value: v, label: t(`inspections.kind.${v}`) }))
  return (
    <Items<Characteristic>
      items={value}
      onChange={onChange}
      title={(c) => c.name || c.id}
      add={t('documents.characteristic.add')}
      fresh={() => ({ id: freshID(value, 'C'), name: '', kind: 'attribute' })}
    >
      {(c, set) => (
        <div className={classes.fields}>
          <Words of={c} name="id" change={(part) => set({ id: '', ...part })} />
          <Words of={c} name="name" change={(part) => set({ name: '', ...part })} />
          <Choice
            of={c}
            name="kind"
            change={(part) =>
              set({
                ...part,
                ...(part.kind === 'attribute'
                  ? { unit: undefined, lower: undefined, upper: undefined, target: undefined }
                  : {}),
              })
            }
            data={kinds}
          />
          <Words of={c} name="code" change={set} />
          {c.kind === 'variable' && (
            <>
              <Words of={c} name="unit" change={set} />
              <Decimal of={c} name="lower" change={set} />
              <Decimal of={c} name="target" change={set} />
              <Decimal of={c} name="upper" change={set} />
            </>
          )}
          <Words of={c} name="gauge" change={set} />
          <Whole of={c} name="samples" change={set} />
          <Words of={c} name="how" change={set} long />
        </div>
      )}
    </Items>
  )
}
