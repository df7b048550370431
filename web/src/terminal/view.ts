import type { Entry } from '../command/entry'
import type { Step } from '../plant/plant'
import { asPlanned, type BuiltStep } from '../record/record'
import type { StepState } from '../thread/StepThread'
import type { Job } from './job'

/** What the one main button does, or why it can't be used now. */
export type Main =
  | { kind: 'start' }
  | { kind: 'complete_step'; step: Step; number: number; next?: Step }
  | { kind: 'enter_values'; step: Step; number: number; byHand: boolean }
  | { kind: 'finish' }
  | { kind: 'resume' }
  | { kind: 'retry'; step: Step; number: number }
  | { kind: 'sign'; step: Step; number: number }
  | { kind: 'wait_scan'; step: Step; label: boolean }
  | { kind: 'wait_machine'; step: Step }
  | { kind: 'wait_verdict'; step: Step }
  | { kind: 'wait_review' }
  | { kind: 'held' }
  | { kind: 'sending' }
  | { kind: 'elsewhere' }

export interface StepView {
  step: Step
  state: StepState
  record?: BuiltStep
  /** What was entered here and waits for the server. */
  entry?: Entry
}

export interface View {
  steps: StepView[]
  current?: Step
  main: Main
}

/** The commands of a lot that are kept here and not answered yet. */
export const pendingOf = (entries: Entry[], lot: string) =>
  entries.filter((entry) => entry.about === lot && entry.state === 'kept')

/**
 * viewOf joins what the server knows with what was entered here and is still on its way. A kept entry moves the thread
 * on with a dashed node; but what needs an answer (a machine, a camera, a start) waits for the server's word.
 */
export function viewOf(job: Job, entries: Entry[], station: string): View {
  const pending = pendingOf(entries, job.card.lot)
  const steps = stepsOf(job, pending)
  const at = steps.findIndex((view) => view.state === 'now')
  const current = steps[at]?.step
  return { steps, current, main: mainOf(job, pending, steps, at, station) }
}

function stepsOf(job: Job, pending: Entry[]): StepView[] {
  const { progress } = job
  const all = job.operation.steps
  const started = progress.state !== 'queued'
  const server = progress.step ? all.findIndex((step) => step.id === progress.step) : started ? all.length : 0
  const kept = new Map(pending.filter((e) => e.step !== undefined).map((e) => [e.step!, e]))
  let now = started ? server : -1
  while (now >= 0 && now < all.length && kept.has(all[now]!.id)) now++
  return all.map((step, i) => ({
    step,
    state: stateOf(i, server, now, kept.has(step.id), started, job),
    record: lastRecord(job, step.id),
    entry: kept.get(step.id),
  }))
}

function stateOf(i: number, server: number, now: number, kept: boolean, started: boolean, job: Job): StepState {
  if (started && i < server) return 'done'
  if (i >= server && i < now && kept) return 'unsent'
  if (i === now) return isStopped(job) ? 'stopped' : 'now'
  return 'ahead'
}

const isStopped = (job: Job) => (job.holds ?? []).length > 0

function lastRecord(job: Job, step: string) {
  return (job.steps ?? []).filter((record) => record.step === step).at(-1)
}

function mainOf(job: Job, pending: Entry[], steps: StepView[], at: number, station: string): Main {
  const { progress } = job
  if (isStopped(job)) return { kind: 'held' }
  if (progress.state === 'review') return { kind: 'wait_review' }
  if (!job.operation.stations.includes(station)) return { kind: 'elsewhere' }
  // A command on the whole operation is on its way: it needs its answer first.
  if (pending.some((entry) => entry.step === undefined)) return { kind: 'sending' }
  if (progress.state === 'queued') return { kind: 'start' }
  if (progress.state === 'paused') return { kind: 'resume' }
  if (progress.state !== 'running') return { kind: 'elsewhere' }
  const view = steps[at]
  if (!view) return pending.length > 0 ? { kind: 'sending' } : { kind: 'finish' }
  return stepMain(job, view.step, at + 1, steps[at + 1]?.step, pending.length > 0)
}

function stepMain(job: Job, step: Step, number: number, next: Step | undefined, ahead: boolean): Main {
  // Ahead of the server, its waits are those of an earlier step.
  const wait = ahead ? firstWait(step) : job.progress.wait.kind
  if (wait === 'machine') return { kind: 'wait_machine', step }
  if (wait === 'camera') return { kind: 'wait_verdict', step }
  if (wait === 'signature') return { kind: 'sign', step, number }
  if (wait === 'answer')
    return step.kind === 'device' && step.by_hand
      ? { kind: 'enter_values', step, number, byHand: true }
      : { kind: 'retry', step, number }
  if (step.kind === 'scan') return { kind: 'wait_scan', step, label: false }
  if (step.kind === 'label') return { kind: 'wait_scan', step, label: true }
  if (step.kind === 'measure') return { kind: 'enter_values', step, number, byHand: false }
  return { kind: 'complete_step', step, number, next }
}

function firstWait(step: Step): 'machine' | 'camera' | 'operator' {
  if (step.kind === 'device' || step.kind === 'label') return 'machine'
  return step.kind === 'vision' ? 'camera' : 'operator'
}

/** Steps that fit a terminal without scrolling; of a long operation, those around the current one. */
export function windowOf(
  steps: StepView[],
  room: number,
): { first: number; shown: StepView[]; before: number; after: number } {
  if (steps.length <= room) return { first: 0, shown: steps, before: 0, after: 0 }
  const now = Math.max(
    0,
    steps.findIndex((view) => view.state === 'now' || view.state === 'stopped'),
  )
  const at = now < 0 ? steps.length : now
  const first = Math.min(Math.max(0, at - 2), steps.length - room)
  return { first, shown: steps.slice(first, first + room), before: first, after: steps.length - first - room }
}

/** Whether a done step was good at once: the rest carries a remark in the thread. */
export const wasPlain = (view: StepView) => !view.record || asPlanned(view.record)
