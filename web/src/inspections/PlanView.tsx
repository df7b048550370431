import documents from '../documents/documents.module.css'
import { useT } from '../i18n/i18n'
import { Facts } from '../value/Facts'
import { useLimits } from '../value/Quantity'
import type { Plan } from './inspection'

/** An inspection plan as people read it. */
export function PlanView({ plan }: { plan: Plan }) {
  const t = useT()
  const limits = useLimits()
  return (
    <>
      <h3>{plan.title}</h3>
      <Facts
        rows={[
          [t('inspections.plan.point'), plan.point && t(`inspections.point.${plan.point}`)],
          [t('inspections.field.material'), plan.material],
          [t('inspections.field.operation'), plan.operation],
          [t('inspections.field.supplier'), plan.supplier],
          [t('inspections.plan.sampling'), <SamplingText key="sampling" plan={plan} />],
          [
            t('inspections.plan.effect'),
            plan.blocks ? t('inspections.plan.blocks') : t('inspections.plan.does_not_block'),
          ],
        ]}
      />
      <table className={documents.grid} aria-label={plan.title}>
        <thead>
          <tr>
            {(['name', 'kind', 'limits', 'gauge', 'samples', 'code'] as const).map((name) => (
              <th key={name} scope="col">
                {t(`inspections.plan.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(plan.characteristics ?? []).map((c) => (
            <tr key={c.id}>
              <td>
                {c.name}
                {c.how && <small> {c.how}</small>}
              </td>
              <td>{t(`inspections.kind.${c.kind === 'variable' ? 'variable' : 'attribute'}`)}</td>
              <td>
                {limits(c.lower, c.upper)} {c.unit}
              </td>
              <td>{c.gauge ?? ''}</td>
              <td>{c.samples ? t('inspections.plan.first', { n: c.samples }) : t('inspections.plan.all')}</td>
              <td>{c.code ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

function SamplingText({ plan }: { plan: Plan }) {
  const t = useT()
  const s = plan.sampling
  if (!s?.method) return null
  if (s.method === 'aql')
    return (
      <>
        {t('inspections.plan.by_aql', { aql: s.aql ?? '', level: s.level ?? '' })}
        {s.reduced ? `, ${t('inspections.plan.reduced')}` : ''}
      </>
    )
  const size =
    s.method === 'percent'
      ? t('inspections.plan.by_percent', { percent: s.percent ?? '' })
      : t('inspections.plan.by_size', { n: s.size ?? 0 })
  return (
    <>
      {size}, {t('inspections.acre', { ac: s.ac ?? 0, re: (s.ac ?? 0) + 1 })}
    </>
  )
}
