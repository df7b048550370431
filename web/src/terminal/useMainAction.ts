import { useState } from 'react'
import { lastGauge, rememberGauge } from '../gauges/gauge'
import { useT } from '../i18n/i18n'
import type { Step } from '../plant/plant'
import { readDecimal } from '../value/decimal'
import { shortLot } from '../lots/lot'
import { useQuery } from '@tanstack/react-query'
import { nextNeed, requestsQuery } from '../sign/sign'
import { containmentOf, recordOf, type Job } from './job'
import type { Terminal } from './useTerminal'
import type { Main } from './view'

/** One field of values: which characteristic, of which piece. */
export interface ValueField {
  id: string
  characteristic: NonNullable<Step['characteristics']>[number]
  /** From 1; 0 where the step measures the lot once. */
  sample: number
}

export interface MainAction {
  title: string
  note: string
  /** Undefined while the button can't be used; title and note then say why. */
  act?: () => void
  fields: ValueField[]
  values: Record<string, string>
  setValue: (id: string, text: string) => void
  /** The gauge that the values are measured with, where the step asks for a kind of it. */
  gauge?: { kind: string; value: string; set: (gauge: string) => void }
  /** A second way for a silent machine: ask it once more. */
  retry?: () => void
}

/** The fields of a step: every characteristic of every sampled piece; of a lot smaller than the sample, of all pieces. */
export function fieldsOf(step: Step, left: string): ValueField[] {
  const sample = Math.min(step.sample ?? 0, Math.ceil(Number(left)))
  const samples = sample > 1 ? sample : 0
  const pieces = samples === 0 ? [0] : Array.from({ length: samples }, (_, i) => i + 1)
  return pieces.flatMap((sample) =>
    (step.characteristics ?? []).map((characteristic) => ({
      id: `${step.id}/${characteristic.id}/${sample}`,
      characteristic,
      sample,
    })),
  )
}

/** What the main button says and does for the state of the job. Typed values stay until the server took them. */
export function useMainAction(
  terminal: Terminal,
  choose: (lot: string | undefined) => void,
  sign: (request: string) => void,
  unread: { id: string; revision: string }[] = [],
): MainAction {
  const t = useT()
  const [values, setValues] = useState<Record<string, string>>({})
  const { current: job, view, commands } = terminal
  const unsigned = view?.main.kind === 'sign' ? job : undefined
  const asked = useQuery({
    ...requestsQuery('step', unsigned ? recordOf(unsigned) : ''),
    enabled: unsigned !== undefined,
  }).data?.items?.find((request) => request.state === 'open')
  const prefix = job ? `${job.card.lot}/${job.progress.visit}/${job.progress.attempt ?? 0}/` : ''
  const mine = Object.fromEntries(
    Object.entries(values).flatMap(([key, text]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), text]] : [])),
  )
  const base = {
    fields: [] as ValueField[],
    values: mine,
    setValue: (id: string, text: string) => setValues((old) => ({ ...old, [prefix + id]: text })),
  }
  if (!job || !view) return { ...base, title: t('terminal.main.nothing'), note: t('terminal.main.nothing_note') }
  const words = wordsOf(view.main, job)
  const label = { title: t(words.title, words.values), note: t(words.note, words.values) }
  const { main } = view
  const first = unread[0]
  if (first && (main.kind === 'start' || main.kind === 'complete_step' || main.kind === 'enter_values'))
    return { ...base, ...label, note: t('documents.read.first', { id: first.id, revision: first.revision }) }
  switch (main.kind) {
    case 'start':
      if (terminal.queue.data?.stop)
        return { ...base, title: t('safety.band.main'), note: terminal.queue.data.stop.reason }
      return { ...base, ...label, act: () => void commands.start(job) }
    case 'held':
    case 'wait_review': {
      const hold = containmentOf(job)
      if (hold && main.kind === 'held' && terminal.aside[job.card.lot] === undefined)
        return {
          ...base,
          title: t('terminal.main.set_aside', { lot: shortLot(job.card.lot) }),
          note: t('terminal.main.set_aside_note'),
          act: () => void commands.setAside(job, hold, ''),
        }
      // The unit is quality's now; the station goes on with the next one.
      const next = job.next?.lot
      if (!next) return { ...base, ...label }
      const values = { lot: shortLot(job.card.lot), next: shortLot(next) }
      return {
        ...base,
        title: t('terminal.main.take_next', values),
        note: t('terminal.main.take_next_note', values),
        act: () => choose(next),
      }
    }
    case 'resume':
      return { ...base, ...label, act: () => void commands.resume(job) }
    case 'finish':
      return {
        ...base,
        ...label,
        act: () => {
          commands.finish(job)
          choose(undefined)
        },
      }
    case 'retry':
      return { ...base, ...label, act: () => void commands.retry(job, main.step.id) }
    case 'sign': {
      const need = asked && nextNeed(asked)
      if (!need) return { ...base, ...label }
      return {
        ...base,
        title: t(`sign.do.${need.meaning}`),
        note: need.role ? t('sign.by_role', { role: t(`app.role.${need.role}`) }) : label.note,
        act: () => sign(asked.id),
      }
    }
    case 'complete_step':
      return { ...base, ...label, act: () => void commands.completeStep(job, main.step.id, {}, main.step.name) }
    case 'enter_values': {
      const fields = fieldsOf(main.step, job.progress.quantity)
      const exact = fields.map((field) => readDecimal(mine[field.id] ?? ''))
      const retry = main.byHand ? () => void commands.retry(job, main.step.id) : undefined
      const kind = main.step.gauge
      const gaugeField = `${main.step.id}/gauge`
      const measuredWith = mine[gaugeField] ?? lastGauge(kind)
      const gauge = kind ? { kind, value: measuredWith, set: (id: string) => base.setValue(gaugeField, id) } : undefined
      if (exact.some((value) => value === null) || (kind && !measuredWith))
        return { ...base, fields, gauge, retry, ...label, note: t('terminal.main.values_missing') }
      const body = {
        ...(kind ? { gauge: measuredWith } : {}),
        values: fields.map((field, i) => ({
          characteristic: field.characteristic.id,
          value: exact[i]!,
          ...(field.sample ? { sample: field.sample } : {}),
        })),
      }
      return {
        ...base,
        fields,
        gauge,
        retry,
        ...label,
        act: () => {
          if (kind) rememberGauge(kind, measuredWith)
          void commands.completeStep(job, main.step.id, body, main.step.name)
        },
      }
    }
    default:
      return { ...base, ...label }
  }
}

type Words = { title: MainKey; note: MainKey; values: Record<string, string | number> }
type MainKey =
  `terminal.main.${Main['kind'] | 'last_step'}` | `terminal.main.${Main['kind']}_note` | 'terminal.main.wait_label'

function wordsOf(main: Main, job: Job): Words {
  const values: Record<string, string | number> = {
    lot: shortLot(job.card.lot),
    operation: job.operation.name,
    station: job.card.station,
    on: job.progress.wait.on ?? '',
    reason: job.progress.wait.reason ?? '',
  }
  if ('step' in main) {
    values.step = main.step.name
    values.material = main.step.component?.material ?? ''
    values.on = main.step.device ?? values.on!
  }
  if ('number' in main) values.n = main.number
  if (main.kind === 'complete_step') {
    values.next = main.next?.name ?? ''
    return {
      title: 'terminal.main.complete_step',
      note: main.next ? 'terminal.main.complete_step_note' : 'terminal.main.last_step',
      values,
    }
  }
  if (main.kind === 'wait_scan')
    return {
      title: main.label ? 'terminal.main.wait_label' : 'terminal.main.wait_scan',
      note: 'terminal.main.wait_scan_note',
      values,
    }
  return { title: `terminal.main.${main.kind}`, note: `terminal.main.${main.kind}_note`, values }
}
