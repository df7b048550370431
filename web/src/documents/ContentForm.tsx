import type { Routing } from '../plant/plant'
import { PlanForm } from '../inspections/PlanForm'
import type { InspectionPlan, InspectionRule, Instruction, Kind, Recipe, Rework } from './document'
import { InspectionForm, InstructionForm, RecipeForm } from './OtherForms'
import { ReworkForm, RoutingForm } from './RoutingForm'

interface Props {
  kind: Kind
  content: unknown
  onChange: (content: unknown) => void
}

/** The form of a document, by its kind. */
export function ContentForm({ kind, content, onChange }: Props) {
  switch (kind) {
    case 'routing':
      return <RoutingForm routing={content as Routing} onChange={onChange} />
    case 'instruction':
      return <InstructionForm value={content as Instruction} onChange={onChange} />
    case 'inspection_rule':
      return <InspectionForm value={content as InspectionRule} onChange={onChange} />
    case 'recipe':
      return <RecipeForm value={content as Recipe} onChange={onChange} />
    case 'inspection_plan':
      return <PlanForm value={content as InspectionPlan} onChange={onChange} />
    case 'rework':
      return <ReworkForm value={content as Rework} onChange={onChange} />
  }
}
