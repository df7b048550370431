import { Button, Modal, Select, Stack, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { places, states, titleOf, type Model, type Run } from './model'

/** One version: what is known of it, and what a person says of it. */
export function ModelDialog({ model, onClose }: { model?: Model; onClose: () => void }) {
  const t = useT()
  const me = useMe()
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={model ? titleOf(model) : t('models.add')}
      closeButtonProps={{ 'aria-label': t('message.close') }}
    >
      {model && (
        <Facts
          rows={[
            [t('models.column.state'), <Status key="s" of="model" state={model.state} />],
            [t('models.first_seen'), model.first_seen && <Time key="f" value={model.first_seen} form="full" />],
            [t('models.column.cameras'), (model.cameras ?? []).join(', ')],
            [t('models.changed_by'), model.changed_by],
          ]}
        />
      )}
      {can(me, 'model.describe') && <Form model={model} onClose={onClose} />}
    </Modal>
  )
}

function Form({ model, onClose }: { model?: Model; onClose: () => void }) {
  const t = useT()
  const [value, setValue] = useState({
    name: model?.name ?? '',
    version: model?.version ?? '',
    state: model?.state ?? ('candidate' as Model['state']),
    task: model?.task ?? '',
    file_hash: model?.file_hash ?? '',
    trained_on: model?.trained_on ?? '',
    note: model?.note ?? '',
    runs: (model?.runs ?? []) as Run[],
    reason: '',
  })
  const run = useCommand(onClose)
  const errors = fieldErrors(run.error)
  const set = (part: Partial<typeof value>) => setValue({ ...value, ...part })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    run.mutate({ path: '/models', body: { ...value, changes: model?.changes ?? 0 } })
  }
  const text = (name: 'name' | 'version' | 'task' | 'file_hash' | 'trained_on', fixed = false) => (
    <TextInput
      label={t(`models.field.${name}`)}
      value={value[name]}
      disabled={fixed}
      error={errors[name]}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
    />
  )
  return (
    <form onSubmit={submit} noValidate>
      <Stack mt="md">
        {text('name', model !== undefined)}
        {text('version', model !== undefined)}
        {text('task')}
        <Select
          label={t('models.column.state')}
          allowDeselect={false}
          data={states.map((state) => ({ value: state, label: t(`status.model.${state}`) }))}
          value={value.state}
          onChange={(state) => set({ state: state as Model['state'] })}
          error={errors.state}
        />
        {text('trained_on')}
        {text('file_hash')}
        <Runs runs={value.runs} onChange={(runs) => set({ runs })} />
        <Textarea
          label={t('models.field.note')}
          value={value.note}
          maxLength={2000}
          autosize
          onChange={(event) => set({ note: event.currentTarget.value })}
        />
        <TextInput
          label={t('models.field.reason')}
          description={t('models.reason_help')}
          value={value.reason}
          maxLength={500}
          error={errors.reason}
          onChange={(event) => set({ reason: event.currentTarget.value })}
        />
        {run.isError && <ErrorAlert error={run.error} />}
        <Button type="submit" variant="filled" loading={run.isPending} disabled={!value.name.trim()}>
          {t('models.save')}
        </Button>
      </Stack>
    </form>
  )
}

/** Where the version runs, and for which cameras. */
function Runs({ runs, onChange }: { runs: Run[]; onChange: (runs: Run[]) => void }) {
  const t = useT()
  const set = (n: number, part: Partial<Run>) => onChange(runs.map((r, i) => (i === n ? { ...r, ...part } : r)))
  return (
    <fieldset>
      <legend>{t('models.column.runs')}</legend>
      <Stack>
        {runs.map((run, n) => (
          <div className="row" key={n}>
            <Select
              aria-label={t('models.field.where')}
              allowDeselect={false}
              data={places.map((where) => ({ value: where, label: t(`models.where.${where}`) }))}
              value={run.where}
              onChange={(where) => set(n, { where: where as Run['where'] })}
            />
            <TextInput
              aria-label={t('models.field.place')}
              placeholder={t('models.field.place')}
              value={run.place ?? ''}
              onChange={(event) => set(n, { place: event.currentTarget.value })}
            />
            <TagsInput
              aria-label={t('models.column.cameras')}
              placeholder={t('models.column.cameras')}
              value={run.cameras ?? []}
              onChange={(cameras) => set(n, { cameras })}
            />
            <Button variant="subtle" color="crit" onClick={() => onChange(runs.filter((_, i) => i !== n))}>
              {t('models.remove')}
            </Button>
          </div>
        ))}
        <Button size="compact-sm" onClick={() => onChange([...runs, { where: 'edge', place: '', cameras: [] }])}>
          {t('models.add_run')}
        </Button>
      </Stack>
    </fieldset>
  )
}
