import { Textarea } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { path, type Capa, type D } from './capa'
import { CausesForm } from './CausesForm'
import { PlanForm } from './PlanForm'
import { PreventionForm } from './PreventionForm'
import { ProblemForm } from './ProblemForm'
import { TeamForm } from './TeamForm'

type Content = Record<string, unknown>

export interface FormProps<T> {
  value: T
  onChange: (value: T) => void
}

/** Writes one discipline. What is unfinished is kept all the same; completing it is another step. */
export function EditDiscipline({ capa, d, onClose }: { capa: Capa; d: D; onClose: () => void }) {
  const t = useT()
  const [content, setContent] = useState<Content>(() => contentOf(capa, d))
  const run = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      size={d === 4 || d === 2 ? 'xl' : 'lg'}
      title={`D${d} ${t(`capas.d.${d}`)}`}
      confirm={t('capas.save')}
      busy={run.isPending}
      error={run.error}
      onConfirm={() =>
        run.mutate({ path: `${path}/${capa.id}/disciplines/${d}/write`, body: { ...content, seen: capa.version } })
      }
    >
      <Form d={d} content={content} onChange={setContent} />
    </ConfirmDialog>
  )
}

function contentOf(capa: Capa, d: D): Content {
  const r = capa.record
  switch (d) {
    case 1:
      return { team: r.team }
    case 2:
      return { problem: r.problem }
    case 3:
      return { containment: r.containment }
    case 4:
      return { occurrence: r.occurrence, escape: r.escape, fishbone: r.fishbone }
    case 5:
      return { plan: { ...r.plan, criterion: r.plan.criterion ?? proposed(capa) } }
    case 6:
      return { verified: r.verified }
    case 7:
      return { prevention: r.prevention }
    case 8:
      return { closure: r.closure }
  }
}

/** A criterion to begin with: the CAPA's own codes and product, over 90 days. */
const proposed = (capa: Capa) => ({
  kinds: ['nonconforming'],
  codes: capa.codes,
  product: capa.product,
  measure: 'rate',
  target: '1',
  days: 90,
  min_pieces: '1000',
})

function Form({ d, content, onChange }: { d: D; content: Content; onChange: (content: Content) => void }) {
  const t = useT()
  const c = content as Partial<Capa['record']>
  const set = (part: Content) => onChange({ ...content, ...part })
  switch (d) {
    case 1:
      return <TeamForm value={c.team!} onChange={(team) => set({ team })} />
    case 2:
      return <ProblemForm value={c.problem!} onChange={(problem) => set({ problem })} />
    case 3:
      return (
        <>
          <Words
            label={t('capas.field.contained')}
            value={c.containment!.text}
            onChange={(text) => set({ containment: { ...c.containment!, text } })}
            focus
          />
          <Words
            label={t('capas.field.sorted')}
            value={c.containment!.sorted}
            onChange={(sorted) => set({ containment: { ...c.containment!, sorted } })}
          />
          <Words
            label={t('capas.field.none')}
            hint={t('capas.field.none_hint')}
            value={c.containment!.none}
            onChange={(none) => set({ containment: { ...c.containment!, none } })}
          />
        </>
      )
    case 4:
      return (
        <CausesForm
          value={{ occurrence: c.occurrence!, escape: c.escape!, fishbone: c.fishbone! }}
          onChange={(causes) => onChange(causes)}
        />
      )
    case 5:
      return <PlanForm value={c.plan!} onChange={(plan) => set({ plan })} />
    case 6:
      return (
        <Words label={t('capas.field.verified')} value={c.verified!} onChange={(verified) => set({ verified })} focus />
      )
    case 7:
      return <PreventionForm value={c.prevention!} onChange={(prevention) => set({ prevention })} />
    case 8:
      return (
        <>
          <Words
            label={t('capas.field.lessons')}
            value={c.closure!.lessons}
            onChange={(lessons) => set({ closure: { ...c.closure!, lessons } })}
            focus
          />
          <Words
            label={t('capas.field.recognition')}
            value={c.closure!.recognition}
            onChange={(recognition) => set({ closure: { ...c.closure!, recognition } })}
          />
        </>
      )
  }
}

interface WordsProps {
  label: string
  hint?: string
  value: string
  onChange: (text: string) => void
  focus?: boolean
}

/** A text of some lines. */
export function Words({ label, hint, value, onChange, focus }: WordsProps) {
  return (
    <Textarea
      label={label}
      description={hint}
      value={value}
      maxLength={4000}
      autosize
      minRows={2}
      onChange={(event) => onChange(event.currentTarget.value)}
      data-autofocus={focus || undefined}
    />
  )
}
