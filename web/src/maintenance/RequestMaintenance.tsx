import { Checkbox, Select, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { plantQuery } from '../plant/plant'
import { kinds, path, severities, type Job } from './maintenance'

/** Asks for a job. A machine that is said to be down is not started on from then on, so the dialogue says so. */
export function RequestMaintenance({
  station: first,
  title: given,
  onClose,
}: {
  station?: string
  title?: string
  onClose: () => void
}) {
  const t = useT()
  const navigate = useNavigate()
  const plant = useQuery(plantQuery)
  const [kind, setKind] = useState<string | null>('corrective')
  const [station, setStation] = useState<string | null>(first ?? null)
  const [severity, setSeverity] = useState<string | null>('medium')
  const [title, setTitle] = useState(given ?? '')
  const [why, setWhy] = useState('')
  const [down, setDown] = useState(false)
  const run = useCommand<Job>((job) => void navigate({ to: '/maintenance/$job', params: { job: job.id } }))
  const errors = fieldErrors(run.error)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('maintenance.request')}
      confirm={t('maintenance.request_confirm')}
      busy={run.isPending}
      disabled={!title.trim() || !why.trim() || !station || !kind || !severity}
      error={run.error}
      onConfirm={() =>
        run.mutate({
          path,
          body: { kind, station, severity, title: title.trim(), why: why.trim(), down: down || undefined },
        })
      }
    >
      <Select
        label={t('maintenance.field.station')}
        data={(plant.data?.stations ?? []).map((s) => ({ value: s.id, label: `${s.id} ${s.name}` }))}
        value={station}
        onChange={setStation}
        error={errors.station}
        searchable
      />
      <Select
        label={t('maintenance.field.kind')}
        data={kinds
          .filter((value) => value !== 'calibration')
          .map((value) => ({ value, label: t(`maintenance.kind.${value}`) }))}
        value={kind}
        onChange={setKind}
        error={errors.kind}
        allowDeselect={false}
      />
      <TextInput
        label={t('maintenance.field.title')}
        value={title}
        maxLength={200}
        onChange={(event) => setTitle(event.currentTarget.value)}
        error={errors.title}
        data-autofocus
      />
      <Textarea
        label={t('maintenance.field.why')}
        value={why}
        maxLength={2000}
        autosize
        minRows={2}
        onChange={(event) => setWhy(event.currentTarget.value)}
        error={errors.why}
      />
      <Select
        label={t('maintenance.field.severity')}
        data={severities.map((value) => ({ value, label: t(`status.severity.${value}`) }))}
        value={severity}
        onChange={setSeverity}
        error={errors.severity}
        allowDeselect={false}
      />
      <Checkbox
        label={t('maintenance.field.down')}
        description={t('maintenance.down_help')}
        checked={down}
        onChange={(event) => setDown(event.currentTarget.checked)}
      />
    </ConfirmDialog>
  )
}
