import { NumberInput, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { DecimalField } from '../form/DecimalField'
import { fieldErrors } from '../form/fields'
import { useLanguage, useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { readDecimal } from '../value/decimal'
import { codeName, path, type Code, type Job } from './maintenance'

interface Props {
  job: Job
  onClose: () => void
}

/** How the machine did after the work. A failed test sends it back. */
export function TestDialog({ job, onClose }: Props) {
  const t = useT()
  const [passed, setPassed] = useState('yes')
  const [note, setNote] = useState('')
  const run = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('maintenance.test_title', { id: job.id })}
      confirm={t('maintenance.test_confirm')}
      busy={run.isPending}
      disabled={!note.trim()}
      error={run.error}
      onConfirm={() =>
        run.mutate({ path: `${path}/${job.id}/test`, body: { passed: passed === 'yes', note: note.trim() } })
      }
    >
      <SegmentedControl
        aria-label={t('maintenance.test_result')}
        data={[
          { value: 'yes', label: t('maintenance.test_passed') },
          { value: 'no', label: t('maintenance.test_failed') },
        ]}
        value={passed}
        onChange={setPassed}
      />
      <Textarea
        label={t('maintenance.field.test_note')}
        value={note}
        maxLength={2000}
        autosize
        minRows={2}
        error={fieldErrors(run.error).note}
        onChange={(event) => setNote(event.currentTarget.value)}
        data-autofocus
      />
    </ConfirmDialog>
  )
}

/** What was found, its cause and its remedy, from the trees of codes. */
export function FindingsDialog({ job, codes, onClose }: Props & { codes: Code[] }) {
  const t = useT()
  const language = useLanguage()
  const [found, setFound] = useState(job.record.found ?? '')
  const [cause, setCause] = useState<string | null>(job.record.cause ?? null)
  const [remedy, setRemedy] = useState<string | null>(job.record.remedy ?? null)
  const run = useCommand(onClose)
  const errors = fieldErrors(run.error)
  const choices = (tree: string) =>
    codes
      .filter((c) => c.tree === tree && !c.ended)
      .map((c) => ({ value: c.id, label: codeName(codes, tree, c.id, language) }))
      .sort((a, b) => a.label.localeCompare(b.label))
  const choose = (tree: 'cause' | 'remedy', value: string | null, set: (id: string | null) => void) => (
    <Select
      label={t(`maintenance.field.${tree}`)}
      data={choices(tree)}
      value={value}
      onChange={set}
      error={errors[tree]}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('list.clear') }}
    />
  )
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('maintenance.findings_add')}
      confirm={t('maintenance.save')}
      busy={run.isPending}
      error={run.error}
      onConfirm={() =>
        run.mutate({
          path: `${path}/${job.id}/findings`,
          body: { found: found.trim(), cause: cause ?? '', remedy: remedy ?? '', seen: job.version },
        })
      }
    >
      <Textarea
        label={t('maintenance.field.found')}
        value={found}
        maxLength={2000}
        autosize
        minRows={2}
        error={errors.found}
        onChange={(event) => setFound(event.currentTarget.value)}
        data-autofocus
      />
      {choose('cause', cause, setCause)}
      {choose('remedy', remedy, setRemedy)}
    </ConfirmDialog>
  )
}

/** A part: of a lot of the stock, or in words. */
export function PartDialog({ job, onClose }: Props) {
  const t = useT()
  const [lot, setLot] = useState('')
  const [text, setText] = useState('')
  const [quantity, setQuantity] = useState('1')
  const [unit, setUnit] = useState('')
  const [cost, setCost] = useState('')
  const run = useCommand(onClose)
  const errors = fieldErrors(run.error)
  const number = (value: string) => readDecimal(value) ?? value
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('maintenance.part_add')}
      confirm={t('maintenance.save')}
      busy={run.isPending}
      disabled={!lot.trim() && !text.trim()}
      error={run.error}
      onConfirm={() =>
        run.mutate({
          path: `${path}/${job.id}/parts`,
          body: {
            lot: lot.trim() || undefined,
            text: text.trim() || undefined,
            quantity: number(quantity),
            unit: unit.trim() || undefined,
            cost: cost.trim() ? number(cost) : undefined,
          },
        })
      }
    >
      <TextInput
        label={t('maintenance.field.lot')}
        description={t('maintenance.lot_help')}
        value={lot}
        maxLength={64}
        error={errors.lot}
        onChange={(event) => setLot(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        label={t('maintenance.field.text')}
        value={text}
        maxLength={200}
        error={errors.text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <DecimalField
        label={t('maintenance.field.quantity')}
        value={quantity}
        error={errors.quantity}
        onChange={setQuantity}
      />
      <TextInput
        label={t('maintenance.field.unit')}
        value={unit}
        maxLength={20}
        onChange={(event) => setUnit(event.currentTarget.value)}
      />
      <DecimalField label={t('maintenance.field.cost')} value={cost} error={errors.cost} onChange={setCost} />
    </ConfirmDialog>
  )
}

/** Time that the one who writes has worked. */
export function TimeDialog({ job, onClose }: Props) {
  const t = useT()
  const [minutes, setMinutes] = useState<number | string>(30)
  const [note, setNote] = useState('')
  const run = useCommand(onClose)
  const errors = fieldErrors(run.error)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('maintenance.time_add')}
      confirm={t('maintenance.save')}
      busy={run.isPending}
      disabled={!(Number(minutes) > 0)}
      error={run.error}
      onConfirm={() =>
        run.mutate({
          path: `${path}/${job.id}/labour`,
          body: { minutes: Number(minutes), note: note.trim() || undefined },
        })
      }
    >
      <NumberInput
        label={t('maintenance.field.minutes_worked')}
        min={1}
        max={1440}
        value={minutes}
        onChange={setMinutes}
        error={errors.minutes}
        data-autofocus
      />
      <TextInput
        label={t('maintenance.field.note')}
        value={note}
        maxLength={500}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
