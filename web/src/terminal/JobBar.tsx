import { IconLock } from '@tabler/icons-react'
import { useT } from '../i18n/i18n'
import { Note } from '../status/Status'
import { stopwatch } from '../time/duration'
import { useNowSeconds } from '../time/now'
import { forDrawing } from '../value/decimal'
import { Id, Quantity } from '../value/Quantity'
import type { Job } from './job'
import classes from './terminal.module.css'

/** The unit in work, its order and the part that goes into it, and the time against the plan. */
export function JobBar({ job }: { job: Job }) {
  const t = useT()
  const component = (job.steps ?? []).flatMap((step) => step.components ?? []).at(-1)
  const isLot = job.progress.quantity !== '1'
  const held = (job.holds ?? []).length > 0
  return (
    <section className={classes.job} aria-label={t('terminal.job')}>
      <div>
        <span className="label">{isLot ? t('lots.column.lot') : t('terminal.unit')}</span>
        <h1>
          <Id>{job.card.lot}</Id>
        </h1>
      </div>
      <dl>
        <div>
          <dt className="label">
            {t('terminal.order_routing', { product: job.card.product, revision: job.revision })}
          </dt>
          <dd className="id">
            {t('terminal.position', { order: job.card.order, n: job.position, of: job.of })}
            {held && (
              <Note tone="hold" icon={IconLock} variant="solid">
                {t('status.lot.held')}
              </Note>
            )}
          </dd>
        </div>
        {isLot && (
          <div>
            <dt className="label">{t('lots.column.quantity')}</dt>
            <dd>
              <Quantity value={job.progress.quantity} />
            </dd>
          </div>
        )}
        {component && (
          <div className={classes.component}>
            <dt className="label">{component.name || component.material}</dt>
            <dd className="id">{component.lot}</dd>
          </div>
        )}
      </dl>
      <Takt job={job} stopped={held || job.progress.state === 'paused'} />
    </section>
  )
}

/** The running time of this unit against its planned time. */
function Takt({ job, stopped }: { job: Job; stopped: boolean }) {
  const t = useT()
  const now = useNowSeconds()
  if (job.progress.state === 'queued') return null
  const begun = job.steps?.[0]?.started_at ?? job.progress.wait.since
  if (!begun) return null
  const since = job.progress.wait.since ? new Date(job.progress.wait.since).getTime() : now
  const elapsed = Math.max(0, (stopped ? Math.max(since, new Date(begun).getTime()) : now) - new Date(begun).getTime())
  const pieces = forDrawing(job.progress.quantity) ?? 1
  const planned = (job.operation.planned_s ?? 0) * 1000 * pieces
  const share = planned > 0 ? Math.min(1, elapsed / planned) : 0
  return (
    <div className={classes.takt}>
      <span className="label">{stopped ? t('terminal.clock_stopped') : t('terminal.takt')}</span>
      <b>
        {stopwatch(elapsed)}
        {planned > 0 && <span> / {stopwatch(planned)}</span>}
      </b>
      {planned > 0 && (
        <span className={classes.taktBar} data-over={elapsed > planned || undefined}>
          <i style={{ width: `${share * 100}%` }} />
        </span>
      )}
    </div>
  )
}
