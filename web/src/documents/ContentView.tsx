import { IconFileTypePdf } from '@tabler/icons-react'
import { address } from '../api/http'
import { useT } from '../i18n/i18n'
import type { Operation, Routing, Step } from '../plant/plant'
import { duration } from '../time/duration'
import { Facts } from '../value/Facts'
import { useLimits } from '../value/Quantity'
import { PlanView } from '../inspections/PlanView'
import type { InspectionPlan, InspectionRule, Instruction, Kind, Recipe, Rework } from './document'
import classes from './documents.module.css'

/** A document as people read it, whatever its kind. */
export function ContentView({ kind, content }: { kind: Kind; content: unknown }) {
  switch (kind) {
    case 'routing':
      return <RoutingView routing={content as Routing} />
    case 'instruction':
      return <InstructionView instruction={content as Instruction} />
    case 'inspection_rule':
      return <InspectionView rule={content as InspectionRule} />
    case 'recipe':
      return <RecipeView recipe={content as Recipe} />
    case 'inspection_plan':
      return <PlanView plan={content as InspectionPlan} />
    case 'rework':
      return <ReworkView rework={content as Rework} />
  }
}

function RoutingView({ routing }: { routing: Routing }) {
  const t = useT()
  return (
    <>
      <Facts
        rows={[
          [t('documents.routing.lot_size'), routing.lot_size],
          [t('documents.routing.lot_pattern'), <span className="id">{routing.lot_pattern}</span>],
          [t('documents.routing.window'), routing.window],
        ]}
      />
      <ol className={classes.operations}>
        {(routing.operations ?? []).map((operation) => (
          <OperationView key={operation.id} operation={operation} />
        ))}
      </ol>
    </>
  )
}

function ReworkView({ rework }: { rework: Rework }) {
  const t = useT()
  return (
    <>
      <Facts
        rows={[
          [t('documents.field.title'), rework.title],
          [t('documents.field.product'), <span className="id">{rework.product}</span>],
          [t('documents.field.return_to'), <span className="id">{rework.return_to}</span>],
          [t('documents.field.codes'), (rework.codes ?? []).join(', ')],
        ]}
      />
      <ol className={classes.operations}>
        {(rework.operations ?? []).map((operation) => (
          <OperationView key={operation.id} operation={operation} />
        ))}
      </ol>
    </>
  )
}

function OperationView({ operation }: { operation: Operation }) {
  const t = useT()
  const rule = operation.on_fail
  return (
    <li className={classes.operation}>
      <h3>
        <span className="id">{operation.id}</span> {operation.name}
      </h3>
      <Facts
        rows={[
          [t('documents.routing.stations'), (operation.stations ?? []).join(', ')],
          [t('documents.routing.planned'), operation.planned_s ? duration(t, operation.planned_s * 1000) : ''],
          [
            t('documents.routing.qualification'),
            operation.qualification ? t('documents.skill', { ...operation.qualification }) : '',
          ],
          [
            t('documents.routing.on_fail'),
            rule?.rework_to
              ? t('documents.routing.rework', {
                  to: rule.rework_to,
                  n: rule.max_reworks ?? 0,
                  then: t(`documents.then.${rule.then}`),
                })
              : rule && t(`documents.then.${rule.then}`),
          ],
        ]}
      />
      <ol className={classes.steps}>
        {(operation.steps ?? []).map((step) => (
          <StepView key={step.id} step={step} />
        ))}
      </ol>
    </li>
  )
}

function StepView({ step }: { step: Step }) {
  const t = useT()
  return (
    <li className={classes.step}>
      {step.picture ? (
        <img src={address(`/blobs/${step.picture}`)} alt={t('documents.picture_of', { name: step.name })} />
      ) : (
        <span className={classes.noPicture} />
      )}
      <div>
        <h4>
          <span className="id">{step.id}</span> {step.name}{' '}
          <span className="label">{t(`documents.step.${step.kind}`)}</span>
        </h4>
        {step.instruction && <p>{step.instruction}</p>}
        <StepFacts step={step} />
      </div>
    </li>
  )
}

function StepFacts({ step }: { step: Step }) {
  const t = useT()
  const limits = useLimits()
  return (
    <Facts
      rows={[
        [
          t('documents.step_field.component'),
          step.component &&
            t('documents.component', { quantity: step.component.quantity, material: step.component.material }),
        ],
        [t('documents.step_field.device'), step.device],
        [t('documents.step_field.program'), step.program || ''],
        [t('documents.step_field.document'), step.document],
        [t('documents.step_field.min_confidence'), step.min_confidence],
        [t('documents.step_field.sample'), step.sample || ''],
        ...(step.characteristics ?? []).map((c): [string, React.ReactNode] => [
          c.name || c.id,
          <>
            {[c.target && t('documents.target', { value: c.target }), limits(c.lower, c.upper)]
              .filter(Boolean)
              .join(', ')}{' '}
            {c.unit}
          </>,
        ]),
      ]}
    />
  )
}

function InstructionView({ instruction }: { instruction: Instruction }) {
  const t = useT()
  return (
    <div className={classes.instruction}>
      <h3>{instruction.title}</h3>
      {instruction.text
        .split(/\n\s*\n/)
        .filter((p) => p.trim())
        .map((paragraph, i) => (
          <p key={i}>{paragraph}</p>
        ))}
      {(instruction.pictures ?? []).map((picture) => (
        <figure key={picture.id}>
          <img
            src={address(`/blobs/${picture.hash}`)}
            alt={picture.caption || t('documents.picture_of', { name: instruction.title })}
          />
          {picture.caption && <figcaption className="label">{picture.caption}</figcaption>}
        </figure>
      ))}
      {instruction.attachment && (
        <a href={address(`/blobs/${instruction.attachment.hash}`)} className={classes.attachment}>
          <IconFileTypePdf className="icon" aria-hidden /> {instruction.attachment.name}
        </a>
      )}
    </div>
  )
}

const range = (from: string | number | undefined, to: string | number | undefined) =>
  from === undefined && to === undefined ? '' : from === to ? String(from) : `${from ?? ''} … ${to ?? ''}`

function InspectionView({ rule }: { rule: InspectionRule }) {
  const t = useT()
  return (
    <>
      <h3>{rule.title}</h3>
      <Facts rows={[[t('documents.step_field.device'), rule.device]]} />
      <Grid
        label={rule.title}
        head={['class', 'min_confidence', 'count', 'size', 'zone'].map((name) =>
          t(`documents.check.${name}` as 'documents.check.class'),
        )}
        rows={(rule.checks ?? []).map((c) => [
          c.class,
          c.min_confidence,
          range(c.count_min, c.count_max),
          `${range(c.size_min, c.size_max)} ${c.unit ?? ''}`.trim(),
          c.zone ? `${c.zone.x}, ${c.zone.y}, ${c.zone.width} × ${c.zone.height}` : t('documents.check.whole'),
        ])}
      />
    </>
  )
}

function RecipeView({ recipe }: { recipe: Recipe }) {
  const t = useT()
  return (
    <>
      <h3>{recipe.title}</h3>
      <Facts
        rows={[
          [t('documents.recipe.device_type'), recipe.device_type],
          [t('documents.step_field.device'), recipe.device],
          [t('documents.step_field.program'), recipe.program],
        ]}
      />
      <Grid
        label={recipe.title}
        head={[
          t('documents.recipe.parameter'),
          t('documents.recipe.value'),
          t('documents.recipe.lower'),
          t('documents.recipe.upper'),
          t('documents.recipe.unit'),
        ]}
        rows={(recipe.parameters ?? []).map((p) => [p.name, p.value, p.lower ?? '', p.upper ?? '', p.unit ?? ''])}
      />
    </>
  )
}

function Grid({ label, head, rows }: { label: string; head: string[]; rows: string[][] }) {
  return (
    <table className={classes.grid} aria-label={label}>
      <thead>
        <tr>
          {head.map((h) => (
            <th key={h} scope="col">
              {h}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, i) => (
          <tr key={i}>
            {row.map((cell, j) => (
              <td key={j}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
