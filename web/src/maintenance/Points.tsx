import { Button, Table, TextInput } from '@mantine/core'
import { IconLock, IconLockOpen, IconShieldCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { ReasonDialog } from '../capas/ReasonDialog'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Note } from '../status/Status'
import { Time } from '../time/Time'
import { on, path, type Job, type Point } from './maintenance'
import classes from './maintenance.module.css'

/** Where the machine is cut off from its energies: locked, verified, and free again. */
export function Points({ job }: { job: Job }) {
  const t = useT()
  if (!job.takes_out) {
    return job.record.running ? (
      <section aria-labelledby="points" className={classes.side}>
        <h2 id="points">{t('maintenance.points')}</h2>
        <p>{t('maintenance.keeps_running', { why: job.record.running })}</p>
      </section>
    ) : null
  }
  return (
    <section aria-labelledby="points" className={classes.side}>
      <h2 id="points">{t('maintenance.points')}</h2>
      {job.record.points.length === 0 ? (
        <p>{t('maintenance.no_points')}</p>
      ) : (
        <Table.ScrollContainer minWidth={560} type="native">
          <Table aria-label={t('maintenance.points')} className={classes.points}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('maintenance.point.point')}</Table.Th>
                <Table.Th scope="col">{t('maintenance.point.what')}</Table.Th>
                <Table.Th scope="col">{t('maintenance.point.lock')}</Table.Th>
                <Table.Th scope="col">{t('maintenance.point.do')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {job.record.points.map((point) => (
                <PointRow key={point.id} job={job} point={point} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  )
}

function PointRow({ job, point }: { job: Job; point: Point }) {
  const t = useT()
  return (
    <Table.Tr>
      <Table.Td>
        <b className="id">{point.id}</b>
        <small>
          {point.energy}, {point.place}
        </small>
      </Table.Td>
      <Table.Td>
        {point.position}
        <small>{point.check}</small>
      </Table.Td>
      <Table.Td>
        {on(point) ? (
          <Note tone="crit" icon={IconLock} size="body">
            {t('maintenance.point.locked', { lock: point.lock ?? '', who: point.locked_by ?? '' })}
          </Note>
        ) : point.removed_at ? (
          <Note tone="plain" icon={IconLockOpen} size="body">
            {t('maintenance.point.removed', { who: point.removed_by ?? '' })}
          </Note>
        ) : (
          t('maintenance.point.free')
        )}
        {point.verified_at && on(point) && (
          <small>
            {t('maintenance.point.verified', { who: point.verified_by ?? '' })} <Time value={point.verified_at} />
          </small>
        )}
        {point.removed_why && <small>{point.removed_why}</small>}
      </Table.Td>
      <Table.Td>
        <Act job={job} point={point} />
      </Table.Td>
    </Table.Tr>
  )
}

/** The one thing that can be done at a point now. */
function Act({ job, point }: { job: Job; point: Point }) {
  const t = useT()
  const me = useMe()
  const [dialog, setDialog] = useState<'lock' | 'unlock'>()
  const run = useCommand()
  if (!can(me, 'maintenance.work')) return null
  const at = `${path}/${job.id}/points/${encodeURIComponent(point.id)}`
  const mine = point.locked_by === me.id
  const verify = () => run.mutate({ path: `${at}/verify` })
  const unlock = () => (mine ? run.mutate({ path: `${at}/unlock` }) : setDialog('unlock'))
  const planned = job.state === 'planned'
  const removable = planned || job.state === 'in_work' || job.state === 'tested'
  return (
    <div className={classes.buttons}>
      {planned && !on(point) && (
        <Button size="md" leftSection={<IconLock className="icon" aria-hidden />} onClick={() => setDialog('lock')}>
          {t('maintenance.point.set', { id: point.id })}
        </Button>
      )}
      {planned && on(point) && !point.verified_at && (
        <Button
          size="md"
          leftSection={<IconShieldCheck className="icon" aria-hidden />}
          loading={run.isPending}
          onClick={verify}
        >
          {t('maintenance.point.verify', { id: point.id })}
        </Button>
      )}
      {removable && on(point) && (point.verified_at || !planned) && (
        <Button
          size="md"
          variant="subtle"
          leftSection={<IconLockOpen className="icon" aria-hidden />}
          loading={run.isPending}
          onClick={unlock}
        >
          {t('maintenance.point.remove', { id: point.id })}
        </Button>
      )}
      {run.error && <ErrorAlert error={run.error} />}
      {dialog === 'lock' && <LockDialog point={point} at={at} onClose={() => setDialog(undefined)} />}
      {dialog === 'unlock' && (
        <ReasonDialog
          title={t('maintenance.point.remove_title', { id: point.id, who: point.locked_by ?? '' })}
          confirm={t('maintenance.point.remove', { id: point.id })}
          path={`${at}/unlock`}
          onClose={() => setDialog(undefined)}
        />
      )}
    </div>
  )
}

function LockDialog({ point, at, onClose }: { point: Point; at: string; onClose: () => void }) {
  const t = useT()
  const [lock, setLock] = useState('')
  const run = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('maintenance.point.set', { id: point.id })}
      confirm={t('maintenance.point.set', { id: point.id })}
      busy={run.isPending}
      disabled={!lock.trim()}
      error={run.error}
      onConfirm={() => run.mutate({ path: `${at}/lock`, body: { lock: lock.trim() } })}
    >
      <p>
        {point.place}: {point.position}
      </p>
      <TextInput
        label={t('maintenance.point.number')}
        value={lock}
        maxLength={64}
        error={fieldErrors(run.error).lock}
        onChange={(event) => setLock(event.currentTarget.value)}
        data-autofocus
      />
    </ConfirmDialog>
  )
}
