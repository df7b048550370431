import { Alert, Button, NumberInput, Textarea, TextInput } from '@mantine/core'
import { IconArrowLeft, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useLanguage, useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ErrorAlert } from '../message/ErrorAlert'
import { ControlChart } from './ControlChart'
import { chartQuery, chartsPath, digitsFor, statistic, studyQuery, type Chart, type Study } from './spc'
import classes from './spc.module.css'

const route = getRouteApi('/shell/spc/$chart/study')

/** Phase I: a person chooses points, leaves out those with a known cause, and freezes the limits that follow. */
export function StudyPage() {
  const { chart: id } = route.useParams()
  const query = useQuery(chartQuery(id))
  if (query.isError)
    return (
      <section className={classes.page}>
        <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />
      </section>
    )
  if (!query.data)
    return (
      <section className={classes.page}>
        <Rows />
      </section>
    )
  return <Phase key={id} chart={query.data} />
}

/** The newest points that a study begins with, where there are more. */
const usual = 100

function Phase({ chart }: { chart: Chart }) {
  const t = useT()
  // The window stays as it was chosen while new points come.
  const [from, setFrom] = useState(Math.max(1, chart.points - usual + 1))
  const [to, setTo] = useState(chart.points)
  const [excluded, setExcluded] = useState<{ seq: number; reason: string }[]>([])
  const inside = excluded.filter((e) => e.seq >= from && e.seq <= to)
  const query = useQuery(studyQuery(chart.id, { from, to, excluded: inside.map((e) => e.seq) }))
  const toggle = (seq: number) =>
    setExcluded((list) =>
      list.some((e) => e.seq === seq) ? list.filter((e) => e.seq !== seq) : [...list, { seq, reason: '' }],
    )
  return (
    <section className={classes.page} aria-labelledby="study-title">
      <header className={classes.head}>
        <h1 id="study-title">{t('spc.study_title', { name: chart.name })}</h1>
        <span className="grow" />
        <Button
          leftSection={<IconArrowLeft className="icon" aria-hidden />}
          renderRoot={(props) => <Link to="/spc/$chart" params={{ chart: chart.id }} {...props} />}
        >
          {t('spc.back')}
        </Button>
      </header>
      <p>{t('spc.study_text')}</p>
      <div className={classes.window}>
        <Bound label={t('spc.from')} value={from} max={chart.points} onChange={setFrom} />
        <Bound label={t('spc.to')} value={to} max={chart.points} onChange={setTo} />
        <LeaveOut max={chart.points} onAdd={(seq) => !inside.some((e) => e.seq === seq) && toggle(seq)} />
      </div>
      {query.isError && <ErrorAlert error={query.error} />}
      {query.data && !query.isError && (
        <ControlChart
          chart={chart.id}
          kind={chart.kind}
          unit={chart.unit}
          title={t('spc.trial')}
          points={query.data.points}
          onPick={toggle}
        />
      )}
      <Excluded list={inside} onChange={setExcluded} />
      {query.data && !query.isError && <Freeze chart={chart} study={query.data} excluded={inside} />}
    </section>
  )
}

interface BoundProps {
  label: string
  value: number
  max: number
  onChange: (value: number) => void
}

function Bound({ label, value, max, onChange }: BoundProps) {
  return (
    <NumberInput
      label={label}
      value={value}
      min={1}
      max={max}
      allowDecimal={false}
      onChange={(next) => typeof next === 'number' && next >= 1 && onChange(next)}
    />
  )
}

/** The way to leave a point out by keyboard; a click on the point does the same. */
function LeaveOut({ max, onAdd }: { max: number; onAdd: (seq: number) => void }) {
  const t = useT()
  const [seq, setSeq] = useState<number | string>('')
  const add = () => {
    if (typeof seq === 'number') onAdd(seq)
    setSeq('')
  }
  return (
    <>
      <NumberInput
        label={t('spc.leave_out')}
        value={seq}
        min={1}
        max={max}
        allowDecimal={false}
        onChange={setSeq}
        onKeyDown={(event) => event.key === 'Enter' && add()}
      />
      <Button onClick={add} disabled={typeof seq !== 'number'}>
        {t('spc.leave_out_button')}
      </Button>
    </>
  )
}

type Exclusions = { seq: number; reason: string }[]

function Excluded({
  list,
  onChange,
}: {
  list: Exclusions
  onChange: (change: (list: Exclusions) => Exclusions) => void
}) {
  const t = useT()
  if (list.length === 0) return <p className="label">{t('spc.none_excluded')}</p>
  return (
    <section aria-labelledby="excluded">
      <h2 id="excluded">{t('spc.excluded')}</h2>
      <ul className={classes.excluded}>
        {list.map(({ seq, reason }) => (
          <li key={seq}>
            <TextInput
              className="grow"
              label={t('spc.excluded_cause', { n: seq })}
              value={reason}
              maxLength={500}
              onChange={(event) => {
                const text = event.currentTarget.value
                onChange((all) => all.map((e) => (e.seq === seq ? { seq, reason: text } : e)))
              }}
            />
            <Button
              leftSection={<IconX className="icon" aria-hidden />}
              onClick={() => onChange((all) => all.filter((e) => e.seq !== seq))}
            >
              {t('spc.take_back', { n: seq })}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Freeze({ chart, study, excluded }: { chart: Chart; study: Study; excluded: Exclusions }) {
  const t = useT()
  const language = useLanguage()
  const navigate = useNavigate()
  const [reason, setReason] = useState('')
  const send = useCommand(() => void navigate({ to: '/spc/$chart', params: { chart: chart.id } }))
  const unnamed = excluded.filter((e) => !e.reason.trim())
  const { baseline } = study
  const digits = digitsFor(baseline.sigma || baseline.mean)
  return (
    <section aria-labelledby="freeze">
      <h2 id="freeze">{t('spc.freeze_title')}</h2>
      {study.flagged > 0 && (
        <Alert variant="default" mt="xs">
          {t('spc.flagged', { count: study.flagged })}
        </Alert>
      )}
      <p>
        {t('spc.trial_numbers', {
          count: baseline.points,
          mean: statistic(baseline.mean, digits, language),
          sigma: statistic(baseline.sigma, digits, language),
        })}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!reason.trim() || unnamed.length > 0) return
          send.mutate({
            path: `${chartsPath}/${encodeURIComponent(chart.id)}/limits`,
            body: { from: study.window.from, to: study.window.to, excluded, reason: reason.trim() },
          })
        }}
      >
        <Textarea
          label={t('orders.reason')}
          description={t('spc.freeze_hint')}
          value={reason}
          maxLength={500}
          autosize
          minRows={2}
          error={fieldErrors(send.error).reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {send.isError && <ErrorAlert error={send.error} />}
        {unnamed.length > 0 && (
          <p className="label">{t('spc.name_causes', { which: unnamed.map((e) => e.seq).join(', ') })}</p>
        )}
        <Button
          mt="md"
          type="submit"
          variant="filled"
          loading={send.isPending}
          disabled={!reason.trim() || unnamed.length > 0}
        >
          {t('spc.freeze')}
        </Button>
      </form>
    </section>
  )
}
