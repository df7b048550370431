import { NumberInput, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { PersonSelect } from '../capas/People'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { MomentField } from '../form/MomentField'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { fromFieldValue, toFieldValue } from '../time/format'
import { useZone } from '../time/site'
import { path, severities, type Job } from './maintenance'

/** Plans a job: who does it, until when, and from when its machine is out. */
export function PlanJob({ job, onClose }: { job: Job; onClose: () => void }) {
  const t = useT()
  const zone = useZone()
  const field = (at?: string) => (at ? toFieldValue(zone, new Date(at)) : '')
  const [severity, setSeverity] = useState<string | null>(job.severity)
  const [owner, setOwner] = useState(job.owner ?? '')
  const [due, setDue] = useState(field(job.due_at))
  const [from, setFrom] = useState(field(job.out_from))
  const [minutes, setMinutes] = useState<number | string>(job.minutes || 60)
  const [running, setRunning] = useState(job.record.running ?? '')
  const run = useCommand(onClose)
  const errors = fieldErrors(run.error)
  const iso = (text: string) => (text ? fromFieldValue(zone, text).toISOString() : undefined)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('maintenance.plan_title', { id: job.id })}
      confirm={t('maintenance.plan')}
      busy={run.isPending}
      disabled={!due || !severity}
      error={run.error}
      onConfirm={() =>
        run.mutate({
          path: `${path}/${job.id}/plan`,
          body: {
            severity,
            owner: owner || undefined,
            due_at: iso(due),
            out_from: iso(from),
            minutes: Number(minutes) || 0,
            running: running.trim() || undefined,
            seen: job.version,
          },
        })
      }
    >
      <PersonSelect
        label={t('maintenance.field.owner')}
        placeholder={t('maintenance.everyone')}
        value={owner}
        onChange={setOwner}
        error={errors.owner}
        clearable
        clearButtonProps={{ 'aria-label': t('list.clear') }}
      />
      <Select
        label={t('maintenance.field.severity')}
        data={severities.map((value) => ({ value, label: t(`status.severity.${value}`) }))}
        value={severity}
        onChange={setSeverity}
        error={errors.severity}
        allowDeselect={false}
      />
      <MomentField label={t('maintenance.column.due')} value={due} onChange={setDue} error={errors.due_at} />
      <NumberInput
        label={t('maintenance.field.minutes_n')}
        min={0}
        max={86400}
        value={minutes}
        onChange={setMinutes}
        error={errors.minutes}
      />
      {job.station && job.kind !== 'calibration' && (
        <>
          <MomentField
            label={t('maintenance.field.out_from')}
            description={t('maintenance.out_from_help')}
            value={from}
            onChange={setFrom}
            error={errors.out_from}
          />
          <TextInput
            label={t('maintenance.field.running')}
            description={t('maintenance.running_help')}
            value={running}
            maxLength={500}
            onChange={(event) => setRunning(event.currentTarget.value)}
            error={errors.running}
          />
        </>
      )}
    </ConfirmDialog>
  )
}
