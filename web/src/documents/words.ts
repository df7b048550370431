import type { Key, Translate } from '../i18n/i18n'
import type { Difference } from './document'

/** The lists of a document, in the singular, by their names in its content. */
const lists: Record<string, Key> = {
  operations: 'documents.word.operation',
  steps: 'documents.word.step',
  characteristics: 'documents.word.characteristic',
  pictures: 'documents.word.picture',
  checks: 'documents.word.check',
  parameters: 'documents.word.parameter',
}

/** The fields of a document, as the forms call them. */
const fields: Record<string, Key> = {
  name: 'documents.field.name',
  title: 'documents.field.title',
  text: 'documents.field.text',
  instruction: 'documents.step_field.instruction',
  picture: 'documents.step_field.picture',
  stations: 'documents.routing.stations',
  planned_s: 'documents.routing.planned',
  qualification: 'documents.routing.qualification',
  level: 'documents.field.level',
  lot_size: 'documents.routing.lot_size',
  lot_pattern: 'documents.routing.lot_pattern',
  window: 'documents.routing.window',
  rework_to: 'documents.routing.rework_to',
  max_reworks: 'documents.routing.max_reworks',
  then: 'documents.routing.then',
  device: 'documents.step_field.device',
  program: 'documents.step_field.program',
  document: 'documents.step_field.document',
  material: 'documents.step_field.material',
  quantity: 'documents.step_field.quantity',
  sample: 'documents.step_field.sample',
  min_confidence: 'documents.step_field.min_confidence',
  target: 'documents.step_field.target',
  lower: 'documents.recipe.lower',
  upper: 'documents.recipe.upper',
  unit: 'documents.recipe.unit',
  value: 'documents.recipe.value',
  device_type: 'documents.recipe.device_type',
  class: 'documents.check.class',
  ignore_below: 'documents.check.ignore_below',
  pixels_per_mm: 'documents.check.pixels_per_mm',
  review_share: 'documents.check.review_share',
  caption: 'documents.field.caption',
  id: 'documents.field.id',
  lot_digits: 'documents.routing.lot_digits',
  count_min: 'documents.check.count_min',
  count_max: 'documents.check.count_max',
  size_min: 'documents.check.size_min',
  size_max: 'documents.check.size_max',
  x: 'documents.check.x',
  y: 'documents.check.y',
  width: 'documents.check.width',
  height: 'documents.check.height',
  repeats: 'documents.step_field.repeats',
  on_silence: 'documents.step_field.on_silence',
  max_shots: 'documents.step_field.max_shots',
  timeout_s: 'documents.step_field.timeout_s',
  label: 'documents.step_field.label',
  confirm: 'documents.operation.confirm',
  by_hand: 'documents.step_field.by_hand',
  point: 'inspections.plan.point',
  operation: 'inspections.field.operation',
  supplier: 'inspections.field.supplier',
  sampling: 'inspections.plan.sampling',
  method: 'inspections.plan.method',
  size: 'inspections.plan.size',
  percent: 'inspections.plan.percent',
  ac: 'inspections.plan.ac',
  aql: 'inspections.plan.aql',
  kind: 'inspections.plan.kind',
  gauge: 'inspections.plan.gauge',
  samples: 'inspections.plan.samples',
  how: 'inspections.plan.how',
  code: 'inspections.plan.code',
}

/** A field's name for people; one without a word of its own reads as it is written. */
export const fieldWord = (t: Translate, name: string) => {
  const key = fields[name]
  return key ? t(key) : name.replaceAll('_', ' ')
}

/** Where a difference is: "Operation 20", "Step 3", "Torque", "Upper limit". */
export function placeWords(t: Translate, { path }: Difference): string[] {
  const out: string[] = []
  for (let i = 0; i < path.length; i++) {
    const list = lists[path[i]!]
    if (list && i + 1 < path.length) out.push(t(list, { id: path[++i] }))
    else out.push(fieldWord(t, path[i]!))
  }
  return out
}

/** A value as people read it; an item of a list by its names. */
export function valueText(t: Translate, value: unknown): string {
  if (value === null || value === undefined) return '–'
  if (Array.isArray(value)) return value.map((v) => valueText(t, v)).join(', ')
  if (typeof value === 'boolean') return value ? t('documents.yes') : t('documents.no')
  if (typeof value !== 'object') {
    const text = String(value)
    return /^[0-9a-f]{64}$/.test(text) ? `${text.slice(0, 12)}…` : text
  }
  const item = value as Record<string, unknown>
  const said = ['id', 'name', 'title', 'class', 'instruction', 'value'].filter(
    (name) => typeof item[name] === 'string' && item[name] !== '',
  )
  const steps = Array.isArray(item.steps) ? [t('documents.steps_count', { count: item.steps.length })] : []
  return [...said.map((name) => String(item[name])), ...steps].join(', ')
}
