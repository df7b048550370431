import { describe, expect, it } from 'vitest'
import type { Entry } from '../command/entry'
import type { Step } from '../plant/plant'
import type { Job, Progress as ServerProgress } from './job'

type Progress = Omit<ServerProgress, 'wait'> & { wait: Partial<ServerProgress['wait']> }
import { viewOf, windowOf, type StepView } from './view'

const steps: Step[] = [
  { id: '10', kind: 'scan', name: 'Scan the cartridge', component: { material: 'TP', quantity: '12' } },
  { id: '20', kind: 'confirm', name: 'Close the clamp' },
  { id: '30', kind: 'device', name: 'Dispense', device: 'DP-30', by_hand: true },
  { id: '40', kind: 'vision', name: 'Check the bead', device: 'CAM-30' },
  { id: '50', kind: 'measure', name: 'Weigh' },
]

const job = (progress: Partial<Progress>, more: Partial<Job> = {}): Job => ({
  card: {
    lot: 'INV200-004416',
    order: 'WO-1',
    product: 'INV-200',
    product_name: '',
    operation: '30',
    operation_name: 'Dispense paste',
    visit: 1,
    quantity: '1',
    priority: 50,
    due: '',
    state: 'running',
    station: 'ST30',
    held: false,
  },
  operation: { id: '30', name: 'Dispense paste', stations: ['ST30'], steps, on_fail: { then: 'review' } },
  revision: 'A',
  progress: {
    state: 'running',
    operation: '30',
    visit: 1,
    step: '10',
    wait: { kind: 'operator', since: '' },
    version: 1,
    quantity: '1',
    scrapped: '0',
    ...progress,
  } as ServerProgress,
  steps: [],
  devices: [],
  position: 76,
  of: 120,
  holds: [],
  ...more,
})

const entry = (step: string | undefined, more: Partial<Entry> = {}): Entry => ({
  key: `k${step}`,
  method: 'POST',
  path: '/x',
  body: {},
  label: 'x',
  about: 'INV200-004416',
  step,
  at: 0,
  user: 'OP-114',
  state: 'kept',
  ...more,
})

const main = (j: Job, entries: Entry[] = []) => viewOf(j, entries, 'ST30').main
const states = (j: Job, entries: Entry[] = []) => viewOf(j, entries, 'ST30').steps.map((s) => s.state)

describe('the main button', () => {
  it.each<[string, Partial<Progress>, string]>([
    ['a queued lot is started', { state: 'queued', step: undefined, wait: { kind: 'station' } }, 'start'],
    ['a component is scanned', { step: '10' }, 'wait_scan'],
    ['a plain step is completed', { step: '20' }, 'complete_step'],
    ['a machine is waited for', { step: '30', wait: { kind: 'machine', on: 'DP-30' } }, 'wait_machine'],
    ['a silent machine may be replaced by hand', { step: '30', wait: { kind: 'answer', on: 'DP-30' } }, 'enter_values'],
    ['a verdict is waited for', { step: '40', wait: { kind: 'camera', on: 'CAM-30' } }, 'wait_verdict'],
    ['a silent camera is asked again', { step: '40', wait: { kind: 'answer', on: 'CAM-30' } }, 'retry'],
    ['values are entered', { step: '50' }, 'enter_values'],
    ['all done is finished', { step: '' }, 'finish'],
    ['a pause ends', { state: 'paused', step: '20' }, 'resume'],
    ['quality decides', { state: 'review', step: '40', wait: { kind: 'review' } }, 'wait_review'],
  ])('%s', (_, progress, kind) => expect(main(job(progress)).kind).toBe(kind))
  it('is blocked by a hold, whatever the step', () => {
    const holds = [{ id: '1', scope: 'lot' as const, reason: 'x', by: 'QE-02', at: '' }]
    expect(main(job({ step: '20' }, { holds })).kind).toBe('held')
    expect(states(job({ step: '20' }, { holds }))[1]).toBe('stopped')
  })
  it('does nothing for a lot that belongs to another station', () => {
    expect(viewOf(job({}), [], 'ST40').main.kind).toBe('elsewhere')
  })
})

describe('what is kept here', () => {
  it('moves the thread on, dashed', () => {
    expect(states(job({ step: '10' }), [entry('10')])).toEqual(['unsent', 'now', 'ahead', 'ahead', 'ahead'])
    expect(main(job({ step: '10' }), [entry('10')])).toMatchObject({ kind: 'complete_step', number: 2 })
  })
  it('stops at what needs an answer', () => {
    expect(main(job({ step: '10' }), [entry('10'), entry('20')]).kind).toBe('wait_machine')
  })
  it('waits for the answer to a start or a finish', () => {
    expect(main(job({ state: 'queued', step: undefined }), [entry(undefined)]).kind).toBe('sending')
    expect(main(job({ step: '' }), [entry(undefined)]).kind).toBe('sending')
  })
  it('does not count what was refused, nor what is about another lot', () => {
    expect(states(job({ step: '10' }), [entry('10', { state: 'refused' }), entry('10', { about: 'L2' })])[0]).toBe(
      'now',
    )
  })
})

describe('windowOf', () => {
  const views = (now: number): StepView[] =>
    Array.from({ length: 10 }, (_, i) => ({
      step: { ...steps[0]!, id: String(i) },
      state: i < now ? 'done' : i === now ? 'now' : 'ahead',
    }))
  it('keeps the current step in sight', () => {
    expect(windowOf(views(0), 6)).toMatchObject({ first: 0, before: 0, after: 4 })
    expect(windowOf(views(5), 6)).toMatchObject({ first: 3, before: 3, after: 1 })
    expect(windowOf(views(9), 6)).toMatchObject({ first: 4, before: 4, after: 0 })
  })
})
