import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer as answerOf, api, type Schemas } from '../api/http'
import { ProblemError, type Problem } from '../api/problem'
import type { Draft } from '../command/entry'
import { useOutbox } from '../command/OutboxProvider'
import { useLanguage, useT } from '../i18n/i18n'
import { lotPath } from '../lots/queries'
import type { Step } from '../plant/plant'
import { queueQuery } from '../stations/station'
import { shortLot } from '../lots/lot'
import { containmentOf, jobQuery, type Job } from './job'
import { formatDecimal } from '../value/decimal'
import { share, type Part } from './share'
import { viewOf } from './view'

export interface LastScan {
  code: string
  at: number
  /** What the server said of it; empty while it is asked. */
  text: string
  bad: boolean
}

/** All that a terminal knows and can do: the job, what is kept here, and the commands. */
export function useTerminal(station: string, lot: string | undefined, choose: (lot: string | undefined) => void) {
  const t = useT()
  const { entries, add, dismiss } = useOutbox()
  const language = useLanguage()
  const [lastScan, setLastScan] = useState<LastScan>()
  /** Held lots that were put aside here, with the scanned place where there is one. */
  const [aside, setAside] = useState<Record<string, string>>({})
  const [parts, setParts] = useState<{ key: string; parts: Part[] }>({ key: '', parts: [] })
  const job = useQuery(jobQuery(station, lot))
  const queue = useQuery(queueQuery(station))
  const current = job.data ?? undefined
  const view = current && viewOf(current, entries, station)

  const operationPath = (j: Job) => `${lotPath(j.card.lot)}/operations/${encodeURIComponent(j.operation.id)}`
  const put = (j: Job, part: Omit<Draft, 'method' | 'about'>) => add({ method: 'POST', about: j.card.lot, ...part })
  /** The version that was on the screen: a server that knows an older one reads again before it judges. */
  const seen = (j: Job) => j.progress.version
  const names = (j: Job) => ({ lot: shortLot(j.card.lot), operation: j.operation.name })

  const commands = {
    start: (j: Job) =>
      put(j, {
        path: `${operationPath(j)}/start`,
        body: { station, seen: seen(j) } satisfies Schemas['StartAt'],
        label: t('terminal.entry.start', names(j)),
      }),
    pause: (j: Job) =>
      put(j, {
        path: `${operationPath(j)}/pause`,
        body: { seen: seen(j) } satisfies Schemas['Reason'],
        label: t('terminal.entry.pause', names(j)),
      }),
    resume: (j: Job) =>
      put(j, {
        path: `${operationPath(j)}/resume`,
        body: { seen: seen(j) } satisfies Schemas['Reason'],
        label: t('terminal.entry.resume', names(j)),
      }),
    finish: (j: Job) =>
      put(j, {
        path: `${operationPath(j)}/complete`,
        body: { seen: seen(j) } satisfies Schemas['Reason'],
        label: t('terminal.entry.finish', names(j)),
      }),
    completeStep: (j: Job, step: string, body: Schemas['StepDone'], label: string) =>
      put(j, {
        path: `${operationPath(j)}/steps/${encodeURIComponent(step)}/complete`,
        body: { ...body, seen: seen(j) },
        step,
        label,
      }),
    retry: (j: Job, step: string) =>
      put(j, {
        path: `${operationPath(j)}/steps/${encodeURIComponent(step)}/retry`,
        body: { seen: seen(j) } satisfies Schemas['Reason'],
        label: t('terminal.entry.retry', names(j)),
      }),
    defect: (j: Job, code: string, text: string, review: boolean) =>
      put(j, {
        path: `${lotPath(j.card.lot)}/defects`,
        body: { code, text, review, seen: seen(j) } satisfies Schemas['NewDefect'],
        label: t('terminal.entry.defect', { ...names(j), text }),
      }),
    scrap: (j: Job, quantity: string, reason: string) =>
      put(j, {
        path: `${lotPath(j.card.lot)}/scrap`,
        body: { quantity, reason, seen: seen(j) } satisfies Schemas['NewScrap'],
        label: t('terminal.entry.scrap', { ...names(j), quantity }),
      }),
    setAside: (j: Job, hold: string, place: string) => {
      setAside((old) => ({ ...old, [j.card.lot]: place }))
      return put(j, {
        path: `/holds/${encodeURIComponent(hold)}/lots/${encodeURIComponent(j.card.lot)}/set-aside`,
        body: { place: place || undefined } satisfies Schemas['Aside'],
        label: t('terminal.entry.set_aside', names(j)),
      })
    },
  }

  /** A lot that is in this station's queue is chosen; nothing is started by it. */
  const chooseFromQueue = (code: string): boolean => {
    const cards = [...(queue.data?.now ?? []), ...(queue.data?.next ?? [])]
    const card = cards.find((c) => c.lot === code)
    if (!card) return false
    choose(card.lot)
    return true
  }

  const partsKey = current ? `${current.card.lot}/${current.progress.visit}/${current.progress.step}` : ''
  const complete = (step: Step, code: string, body: Schemas['StepDone']) => {
    setParts({ key: '', parts: [] })
    if (current) commands.completeStep(current, step.id, body, t('terminal.entry.scan', { code, step: step.name }))
  }

  /** Completes the awaited step with the scanned thing, or keeps it as a part of what the step needs. */
  const take = async (j: Job, step: Step, code: string, subject: string | undefined): Promise<string> => {
    if (!step.component || !subject) {
      complete(step, code, { scan: code })
      return t('terminal.scan.taken')
    }
    const { remaining } = await answerOf(api.GET('/api/v1/lots/{lot}', { params: { path: { lot: subject } } }))
    const before = parts.key === partsKey ? parts.parts : []
    const given = share(step, j.progress.quantity, before, code, remaining)
    if (given.kind === 'whole') {
      complete(step, code, given.body)
      return t('terminal.scan.taken')
    }
    setParts({ key: partsKey, parts: given.parts })
    return t('terminal.scan.part', {
      taken: formatDecimal(given.taken, language),
      need: formatDecimal(given.need, language),
      rest: formatDecimal(given.rest, language),
    })
  }

  const scan = async (code: string) => {
    const at = Date.now()
    const tell = (text: string, bad = false) => setLastScan({ code, at, text, bad })
    tell('')
    const step = view?.main.kind === 'wait_scan' ? view.main.step : undefined
    try {
      const found = await answerOf(api.POST('/api/v1/scans', { body: { code, station, lot: current?.card.lot } }))
      if (found.fits_step && current && step) return tell(await take(current, step, code, found.subject))
      if (found.subject && chooseFromQueue(found.subject)) return tell(t('terminal.scan.chosen'))
      const hold = current && containmentOf(current)
      if (hold && view?.main.kind === 'held' && found.kind === 'unknown') {
        // What names no lot is the rack or box that the held one was put into.
        commands.setAside(current, hold, code)
        return tell(t('terminal.scan.aside'))
      }
      tell(found.text || t('app.scan.unknown', { code }), true)
    } catch (error) {
      if (error instanceof ProblemError) return tell(textOf(error.problem), true)
      // No connection: what the step asks for is kept and judged by the server later.
      if (chooseFromQueue(code)) return tell(t('terminal.scan.chosen'))
      if (step) complete(step, code, { scan: code })
      tell(step ? t('terminal.scan.kept') : t('terminal.scan.later'), !step)
    }
  }

  return { job, current, queue, view, entries, dismiss, commands, scan, lastScan, aside }
}

const textOf = (problem: Problem) => [problem.title, problem.action].filter(Boolean).join(' ')

export type Terminal = ReturnType<typeof useTerminal>
