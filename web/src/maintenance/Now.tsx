import { Button } from '@mantine/core'
import { IconBan } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ReasonDialog } from '../capas/ReasonDialog'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { SignaturePanel } from '../sign/SignaturePanel'
import { Note } from '../status/Status'
import { ended, on, path, type Job } from './maintenance'
import classes from './maintenance.module.css'
import { PlanJob } from './PlanJob'
import { TestDialog } from './WorkDialogs'

type Dialog = 'plan' | 'reject' | 'cancel' | 'test'

/** What the job waits for, with the one button that takes it on. */
export function Now({ job }: { job: Job }) {
  const t = useT()
  const [dialog, setDialog] = useState<Dialog>()
  if (ended(job.state)) return null
  const at = `${path}/${job.id}`
  return (
    <section aria-labelledby="now" className={classes.now}>
      <h2 id="now">{t('maintenance.now')}</h2>
      {job.bars && (
        <Note tone={job.bars === 'planned' ? 'warn' : 'crit'} icon={IconBan} size="body">
          {t(`maintenance.bars.${job.bars as 'locked' | 'down' | 'planned' | 'overdue'}`, {
            station: job.station ?? '',
          })}
        </Note>
      )}
      <Step job={job} open={setDialog} />
      {dialog === 'plan' && <PlanJob job={job} onClose={() => setDialog(undefined)} />}
      {dialog === 'test' && <TestDialog job={job} onClose={() => setDialog(undefined)} />}
      {(dialog === 'reject' || dialog === 'cancel') && (
        <ReasonDialog
          title={t(`maintenance.${dialog}_title`, { id: job.id })}
          confirm={t(`maintenance.${dialog}`)}
          path={`${at}/${dialog}`}
          onClose={() => setDialog(undefined)}
        />
      )}
    </section>
  )
}

function Step({ job, open }: { job: Job; open: (dialog: Dialog) => void }) {
  const t = useT()
  const me = useMe()
  const work = can(me, 'maintenance.work')
  const plans = can(me, 'maintenance.plan')
  const locked = job.record.points.filter(on)
  const ready =
    job.record.points.length > 0 && locked.length === job.record.points.length && locked.every((p) => p.verified_at)
  const button = (dialog: Dialog, filled = false) => (
    <Button variant={filled ? 'filled' : 'default'} onClick={() => open(dialog)}>
      {t(`maintenance.${dialog}`)}
    </Button>
  )
  switch (job.state) {
    case 'requested':
      return (
        <Line text={t('maintenance.waits.requested')}>
          {plans && button('plan', true)}
          {plans && button('reject')}
        </Line>
      )
    case 'planned':
      if (job.kind === 'calibration') return <Calibrate job={job} />
      return (
        <Line
          text={t(
            !job.takes_out
              ? 'maintenance.waits.running'
              : ready
                ? 'maintenance.waits.ready'
                : 'maintenance.waits.locks',
          )}
        >
          {work && job.takes_out && <Go job={job} command="lockout" disabled={!ready} />}
          {work && !job.takes_out && <Go job={job} command="begin" />}
          {plans && !job.bars && button('plan')}
          {plans && !job.locked_at && locked.length === 0 && button('cancel')}
        </Line>
      )
    case 'lockout_signing':
    case 'handback_signing': {
      const part = job.state === 'lockout_signing' ? 'lockout' : 'handback'
      return (
        <SignaturePanel
          noun={`maintenance_${part}`}
          id={`${job.id}/${job.record.round}/${part}`}
          consequence={t(`maintenance.then.${part}`, { station: job.station || job.gauge || '' })}
        />
      )
    }
    case 'locked_out':
      return <Line text={t('maintenance.waits.begin')}>{work && <Go job={job} command="begin" />}</Line>
    case 'in_work':
      if (job.kind === 'calibration') return <Calibrate job={job} />
      return <Line text={t('maintenance.waits.test')}>{work && button('test', true)}</Line>
    case 'tested':
      return (
        <Line text={t(locked.length > 0 ? 'maintenance.waits.unlock' : 'maintenance.waits.handback')}>
          {work && <Go job={job} command="handback" disabled={locked.length > 0} />}
          {work && job.kind !== 'calibration' && button('test')}
        </Line>
      )
    case 'handed_back':
      return <Line text={t('maintenance.waits.close')}>{work && <Go job={job} command="close" />}</Line>
  }
  return null
}

function Calibrate({ job }: { job: Job }) {
  const t = useT()
  return (
    <Line text={t('maintenance.waits.calibration', { gauge: job.gauge ?? '' })}>
      <Button
        variant="filled"
        renderRoot={(props) => <Link to="/gauges/$gauge" params={{ gauge: job.gauge ?? '' }} {...props} />}
      >
        {t('maintenance.to_gauge', { gauge: job.gauge ?? '' })}
      </Button>
    </Line>
  )
}

function Line({ text, children }: { text: string; children: React.ReactNode }) {
  return (
    <>
      <p>{text}</p>
      <div className={classes.buttons}>{children}</div>
    </>
  )
}

/** A command that needs nothing but its button. Its refusal stays beside it. */
function Go({
  job,
  command,
  disabled,
}: {
  job: Job
  command: 'lockout' | 'begin' | 'handback' | 'close'
  disabled?: boolean
}) {
  const t = useT()
  const run = useCommand()
  return (
    <>
      <Button
        variant="filled"
        loading={run.isPending}
        disabled={disabled}
        onClick={() => run.mutate({ path: `${path}/${job.id}/${command}`, body: { seen: job.version } })}
      >
        {t(`maintenance.${command}`)}
      </Button>
      {run.error && <ErrorAlert error={run.error} />}
    </>
  )
}
