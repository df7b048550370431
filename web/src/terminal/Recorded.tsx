import { useLanguage, useT } from '../i18n/i18n'
import { linesOf, type Line } from '../record/record'
import { Status } from '../status/Status'
import { compareDecimal, formatDecimal } from '../value/decimal'
import type { Job } from './job'
import classes from './terminal.module.css'

/** What is recorded of this visit, newest first, as many lines as fit. */
export function Recorded({ job }: { job: Job }) {
  const t = useT()
  const lines = (job.steps ?? []).flatMap(linesOf).reverse()
  return (
    <>
      <h2 id="see-title">
        {t('terminal.recorded')} <span>{lines.length > 0 && t('terminal.newest_first')}</span>
      </h2>
      {lines.length === 0 && <p className={classes.quiet}>{t('terminal.recorded_none')}</p>}
      <ul className={classes.recorded}>
        {lines.slice(0, 7).map((line, i) => (
          <li key={i}>
            <RecordedLine line={line} />
          </li>
        ))}
      </ul>
    </>
  )
}

function RecordedLine({ line }: { line: Line }) {
  const t = useT()
  const language = useLanguage()
  if (line.kind === 'component')
    return (
      <>
        <span>{line.component.name || line.component.material}</span>
        <b className="id">{line.component.lot}</b>
        <Status of="entry" state="sent" size="label">
          {t('record.done')}
        </Status>
      </>
    )
  if (line.kind === 'value') {
    const sorted = line.values.map((v) => v.value).sort(compareDecimal)
    const low = formatDecimal(sorted[0]!, language)
    const high = formatDecimal(sorted.at(-1)!, language)
    const out = line.values.some((v) => v.result !== 'pass')
    return (
      <>
        <span>{line.values.length > 1 ? line.step.name : line.values[0]!.name}</span>
        <b>
          {low === high ? low : `${low} – ${high}`} {line.values[0]!.unit}
        </b>
        <Status of="value" state={out ? 'out' : 'in'} size="label" />
      </>
    )
  }
  const result = { pass: 'pass', fail: 'fail', undecided: 'review', silent: 'none' } as const
  return (
    <>
      <span>{line.step.name}</span>
      <b />
      <Status of="verdict" state={result[line.step.result]} size="label" />
    </>
  )
}
