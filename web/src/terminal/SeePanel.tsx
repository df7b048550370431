import { IconCamera, IconCircleCheck, IconCircleX, IconEye } from '@tabler/icons-react'
import { useLanguage, useT } from '../i18n/i18n'
import { useLive } from '../live/LiveProvider'
import type { Vision } from '../record/record'
import { Picture } from '../record/Picture'
import { IconUnknown } from '../status/icons'
import { useTimeText } from '../time/Time'
import { formatDecimal } from '../value/decimal'
import type { Job } from './job'
import { KeptAndBlocked } from './KeptAndBlocked'
import { KeptList } from './KeptList'
import { Recorded } from './Recorded'
import classes from './terminal.module.css'
import type { Terminal } from './useTerminal'
import type { View } from './view'

interface Props {
  job: Job
  view: View
  terminal: Terminal
}

/** What the camera saw, or what is recorded so far; without a connection, what is kept here. */
export function SeePanel({ job, view, terminal }: Props) {
  const { live, lostAt } = useLive()
  const camera = view.current?.kind === 'vision' ? view.current.device : job.vision?.camera
  const offline = !live && lostAt !== undefined
  return (
    <section className={classes.see} aria-labelledby="see-title">
      {camera ? <Camera job={job} view={view} camera={camera} /> : <Recorded job={job} />}
      {view.main.kind === 'held' && <KeptAndBlocked job={job} />}
      {offline && <KeptList terminal={terminal} lot={job.card.lot} />}
    </section>
  )
}

const icons = { pass: IconCircleCheck, fail: IconCircleX, undecided: IconEye, silent: IconUnknown }
const words = { pass: 'pass', fail: 'fail', undecided: 'review', silent: 'none' } as const

function Camera({ job, view, camera }: { job: Job; view: View; camera: string }) {
  const t = useT()
  const text = useTimeText()
  // A verdict of another step or an earlier picture is history: it must not stand where the awaited one belongs.
  const awaited = view.current?.kind === 'vision'
  const vision = awaited && job.progress.wait.kind === 'camera' ? undefined : job.vision
  return (
    <>
      <h2 id="see-title">
        {t('terminal.camera')}{' '}
        <span>
          {vision
            ? `${camera}, ${text(vision.captured_at, 'seconds')}`
            : `${camera}, ${t('terminal.nothing_received')}`}
        </span>
      </h2>
      {vision?.image ? (
        <Picture vision={vision} />
      ) : (
        <div className={`${classes.noPicture} stale`}>
          <IconCamera className="icon" aria-hidden />
          <span>{t('terminal.picture_comes')}</span>
        </div>
      )}
      {vision ? <Verdict vision={vision} needs={view.current?.min_confidence ?? needOf(job, vision)} /> : <NoVerdict />}
      {vision && view.main.kind !== 'held' && <RuleSays vision={vision} />}
      {vision && view.main.kind !== 'held' && <Measured vision={vision} />}
    </>
  )
}

const needOf = (job: Job, vision: Vision) => job.operation.steps.find((step) => step.id === vision.step)?.min_confidence

function Verdict({ vision, needs }: { vision: Vision; needs?: string }) {
  const t = useT()
  const language = useLanguage()
  const Icon = icons[vision.verdict]
  const confidence = formatDecimal(vision.confidence, language)
  return (
    <div className={classes.verdict} data-verdict={vision.verdict} role="status">
      <Icon aria-hidden />
      <div>
        <b>{t(`status.verdict.${words[vision.verdict]}`)}</b>
        <span>
          {needs
            ? t('terminal.confidence_needs', { confidence, needs: formatDecimal(needs, language) })
            : t('terminal.confidence', { confidence })}
        </span>
      </div>
    </div>
  )
}

function NoVerdict() {
  const t = useT()
  return (
    <div className={classes.verdict} data-verdict="silent" role="status">
      <IconUnknown aria-hidden />
      <div>
        <b>{t('terminal.no_verdict')}</b>
        <span>{t('terminal.no_pass')}</span>
      </div>
    </div>
  )
}

/** What the inspection rule found wanting or open, check by check; what is in order needs no line. */
function RuleSays({ vision }: { vision: Vision }) {
  const open = (vision.rule?.checks ?? []).filter((check) => check.result !== 'pass')
  if (open.length === 0) return null
  return (
    <ul className={classes.checks}>
      {open.slice(0, 3).map((check) => {
        const Icon = icons[check.result]
        return (
          <li key={check.id} data-result={check.result}>
            <Icon className="icon" aria-hidden />
            {check.why}
          </li>
        )
      })}
    </ul>
  )
}

/** What the camera measured, where it says so as plain names and values. */
function Measured({ vision }: { vision: Vision }) {
  const language = useLanguage()
  const measured = vision.measured
  if (typeof measured !== 'object' || measured === null || Array.isArray(measured)) return null
  const rows = Object.entries(measured).filter(([, value]) => ['string', 'number'].includes(typeof value))
  if (rows.length === 0) return null
  return (
    <dl className={classes.measured}>
      {rows.slice(0, 3).map(([name, value]) => (
        <div key={name}>
          <dt className="label">{name.replaceAll('_', ' ')}</dt>
          <dd>{formatDecimal(String(value), language)}</dd>
        </div>
      ))}
    </dl>
  )
}
