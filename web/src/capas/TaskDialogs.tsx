import { FileInput, Radio, Select, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { MomentField } from '../form/MomentField'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { fromFieldValue, toFieldValue } from '../time/format'
import { useNow } from '../time/now'
import { useZone } from '../time/site'
import { filesOf, path, type Capa, type Task } from './capa'
import { Words } from './EditDiscipline'
import { PersonSelect } from './People'
import { ReasonDialog } from './ReasonDialog'

const week = 7 * 24 * 60 * 60 * 1000

export function AddTask({ capa, d, onClose }: { capa: Capa; d: number; onClose: () => void }) {
  const t = useT()
  const zone = useZone()
  const [title, setTitle] = useState('')
  const [owner, setOwner] = useState(capa.owner ?? '')
  const [against, setAgainst] = useState<string | null>('occurrence')
  const [due, setDue] = useState(toFieldValue(zone, new Date(useNow() + week)))
  const run = useCommand(onClose)
  const errors = fieldErrors(run.error)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t(d === 6 ? 'capas.add_action' : 'capas.add_task')}
      confirm={t(d === 6 ? 'capas.add_action' : 'capas.add_task')}
      busy={run.isPending}
      disabled={!title.trim() || !owner || !due}
      error={run.error}
      onConfirm={() =>
        run.mutate({
          path: `${path}/${capa.id}/tasks`,
          body: {
            d,
            title: title.trim(),
            owner,
            due_at: fromFieldValue(zone, due).toISOString(),
            against: d === 6 ? against : undefined,
          },
        })
      }
    >
      <TextInput
        label={t('capas.field.task')}
        value={title}
        maxLength={300}
        onChange={(event) => setTitle(event.currentTarget.value)}
        error={errors.title}
        data-autofocus
      />
      {d === 6 && (
        <Select
          label={t('capas.field.against')}
          data={(['occurrence', 'escape'] as const).map((value) => ({ value, label: t(`capas.against.${value}`) }))}
          value={against}
          onChange={setAgainst}
          allowDeselect={false}
        />
      )}
      <PersonSelect label={t('capas.field.task_owner')} value={owner} onChange={setOwner} error={errors.owner} />
      <MomentField label={t('capas.column.due')} value={due} onChange={setDue} error={errors.due_at} />
    </ConfirmDialog>
  )
}

export function ChangeTask({ capa, task, onClose }: { capa: Capa; task: Task; onClose: () => void }) {
  const t = useT()
  const zone = useZone()
  const [owner, setOwner] = useState(task.owner)
  const [due, setDue] = useState(toFieldValue(zone, new Date(Math.max(Date.parse(task.due_at), useNow() + week))))
  const [reason, setReason] = useState('')
  const run = useCommand(onClose)
  const errors = fieldErrors(run.error)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('capas.change_task', { task: task.title })}
      confirm={t('capas.save')}
      busy={run.isPending}
      disabled={!owner || !due || !reason.trim()}
      error={run.error}
      onConfirm={() =>
        run.mutate({
          path: `${path}/${capa.id}/tasks/${task.id}/change`,
          body: { owner, due_at: fromFieldValue(zone, due).toISOString(), reason: reason.trim() },
        })
      }
    >
      <PersonSelect label={t('capas.field.task_owner')} value={owner} onChange={setOwner} error={errors.owner} />
      <MomentField label={t('capas.column.due')} value={due} onChange={setDue} error={errors.due_at} />
      <TextInput
        label={t('orders.reason')}
        description={t('orders.reason_help')}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={errors.reason}
        data-autofocus
      />
    </ConfirmDialog>
  )
}

export function DropTask({ capa, task, onClose }: { capa: Capa; task: Task; onClose: () => void }) {
  const t = useT()
  return (
    <ReasonDialog
      title={t('capas.drop_task', { task: task.title })}
      confirm={t('capas.task.drop')}
      path={`${path}/${capa.id}/tasks/${task.id}/drop`}
      onClose={onClose}
    />
  )
}

/** What was done, or what a second person saw, with the files that prove it. */
export function ReportTask({
  capa,
  task,
  verify,
  onClose,
}: {
  capa: Capa
  task: Task
  verify: boolean
  onClose: () => void
}) {
  const t = useT()
  const [note, setNote] = useState('')
  const [works, setWorks] = useState('yes')
  const [files, setFiles] = useState<File[]>([])
  const run = useCommand(onClose)
  const errors = fieldErrors(run.error)
  const submit = async () =>
    run.mutate({
      path: `${path}/${capa.id}/tasks/${task.id}/${verify ? 'verify' : 'done'}`,
      body: { note: note.trim(), files: await filesOf(files), ...(verify ? { works: works === 'yes' } : {}) },
    })
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t(verify ? 'capas.verify_title' : 'capas.done_title', { task: task.title })}
      confirm={t(verify ? (works === 'yes' ? 'capas.task.verify' : 'capas.send_back') : 'capas.task.done')}
      busy={run.isPending}
      disabled={!note.trim() || (!verify && task.d === 6 && files.length + task.evidence.length === 0)}
      error={run.error}
      onConfirm={() => void submit()}
    >
      {verify && (
        <Radio.Group label={t('capas.field.works')} value={works} onChange={setWorks}>
          <Stack gap="sm" mt="xs">
            <Radio value="yes" label={t('capas.works_yes')} />
            <Radio value="no" label={t('capas.works_no')} />
          </Stack>
        </Radio.Group>
      )}
      <Words label={t(verify ? 'capas.field.seen' : 'capas.field.done')} value={note} onChange={setNote} focus />
      <FileInput
        label={t('capas.field.evidence')}
        description={t(task.d === 6 && !verify ? 'capas.field.evidence_needed' : 'capas.field.evidence_hint')}
        accept="application/pdf,image/png,image/jpeg"
        multiple
        value={files}
        onChange={setFiles}
        clearable
        clearButtonProps={{ 'aria-label': t('list.clear') }}
        error={errors.evidence ?? errors['files[0]']}
      />
    </ConfirmDialog>
  )
}
