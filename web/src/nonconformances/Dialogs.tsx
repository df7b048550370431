import { Checkbox, Select, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { DecimalField } from '../form/DecimalField'
import { fieldErrors } from '../form/fields'
import { MomentField } from '../form/MomentField'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { can, useMe } from '../session/session'
import { fromFieldValue, toFieldValue } from '../time/format'
import { useZone } from '../time/site'
import { readDecimal } from '../value/decimal'
import { codeOptions, codesQuery, ncPath, severities, type Nonconformance, type Severity } from './nonconformance'
import { lotsOf } from './OpenDialog'

export type ReasonCommand = 'close' | 'cancel' | 'withdraw-proposal'

const words = { close: 'close', cancel: 'cancel', 'withdraw-proposal': 'withdraw' } as const

/** Ends a nonconformance, or takes a proposal back. Each asks for a reason, which goes into the record. */
export function ReasonDialog({
  nc,
  command,
  onClose,
}: {
  nc: Nonconformance
  command: ReasonCommand
  onClose: () => void
}) {
  const t = useT()
  const [reason, setReason] = useState('')
  const run = useCommand(onClose)
  const errors = fieldErrors(run.error)
  const word = words[command]
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t(`nonconformances.${word}.title`, { id: nc.id })}
      confirm={t(`nonconformances.${word}.button`)}
      busy={run.isPending}
      disabled={reason.trim().length < 3}
      error={run.error}
      onConfirm={() => run.mutate({ path: `${ncPath(nc.id)}/${command}`, body: { reason: reason.trim() } })}
    >
      <p>{t(`nonconformances.${word}.text`)}</p>
      <TextInput
        label={t('orders.reason')}
        description={t('orders.reason_help')}
        value={reason}
        error={errors.reason}
        maxLength={500}
        data-autofocus
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}

/** Changes who looks after it, until when, and how it is told. */
export function ChangeDialog({ nc, onClose }: { nc: Nonconformance; onClose: () => void }) {
  const t = useT()
  const zone = useZone()
  const codes = useQuery(codesQuery)
  const [form, setForm] = useState({
    owner: nc.owner ?? '',
    due: toFieldValue(zone, new Date(nc.due_at)),
    severity: nc.severity as Severity,
    code: nc.code,
    description: nc.description,
    capa: nc.capa ?? '',
    reason: '',
  })
  const set = (part: Partial<typeof form>) => setForm({ ...form, ...part })
  const run = useCommand(onClose)
  const errors = fieldErrors(run.error)
  // What the board is asked about, or has decided on, stays as it was told.
  const fixed = nc.state === 'in_review' || (nc.proposals ?? []).some((p) => p.state === 'carried_out')
  const due = fromFieldValue(zone, form.due)
  const body = {
    version: nc.version,
    owner: form.owner.trim(),
    capa: form.capa.trim(),
    ...(Number.isNaN(due.getTime()) ? {} : { due_at: due.toISOString() }),
    ...(fixed ? {} : { severity: form.severity, code: form.code, description: form.description.trim() }),
    reason: form.reason.trim(),
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('nonconformances.change.title', { id: nc.id })}
      confirm={t('nonconformances.change.confirm')}
      busy={run.isPending}
      disabled={body.reason === ''}
      error={run.error}
      onConfirm={() => run.mutate({ path: `${ncPath(nc.id)}/change`, body })}
    >
      <TextInput
        label={t('nonconformances.field.owner')}
        value={form.owner}
        error={errors.owner}
        maxLength={64}
        onChange={(event) => set({ owner: event.currentTarget.value })}
      />
      <MomentField
        label={t('nonconformances.field.due')}
        value={form.due}
        error={errors.due_at}
        onChange={(value) => set({ due: value })}
      />
      <TextInput
        label={t('nonconformances.field.capa')}
        value={form.capa}
        maxLength={64}
        onChange={(event) => set({ capa: event.currentTarget.value })}
      />
      {!fixed && (
        <>
          <Select
            label={t('nonconformances.field.severity')}
            allowDeselect={false}
            data={severities.map((s) => ({ value: s, label: t(`status.severity.${s}`) }))}
            value={form.severity}
            onChange={(severity) => set({ severity: severity as Severity })}
          />
          <Select
            label={t('nonconformances.field.code')}
            searchable
            data={codeOptions(codes.data ?? [])}
            value={form.code || null}
            error={errors.code}
            onChange={(code) => set({ code: code ?? '' })}
          />
          <Textarea
            label={t('nonconformances.field.description')}
            value={form.description}
            error={errors.description}
            autosize
            minRows={2}
            maxLength={2000}
            onChange={(event) => set({ description: event.currentTarget.value })}
          />
        </>
      )}
      <TextInput
        label={t('orders.reason')}
        description={t('orders.reason_help')}
        value={form.reason}
        error={errors.reason}
        maxLength={500}
        onChange={(event) => set({ reason: event.currentTarget.value })}
      />
    </ConfirmDialog>
  )
}

/** Adds lots that are concerned too. */
export function AddLots({ nc, onClose }: { nc: Nonconformance; onClose: () => void }) {
  const t = useT()
  const me = useMe()
  const [text, setText] = useState('')
  const [reason, setReason] = useState('')
  const [hold, setHold] = useState(can(me, 'lot.hold'))
  const run = useCommand(onClose)
  const errors = fieldErrors(run.error)
  const lots = lotsOf(text)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('nonconformances.lots.add')}
      confirm={t('nonconformances.lots.add')}
      tone={hold ? 'hold' : 'act'}
      busy={run.isPending}
      disabled={lots.length === 0 || reason.trim() === ''}
      error={run.error}
      onConfirm={() =>
        run.mutate({
          path: `${ncPath(nc.id)}/lots`,
          body: { lots: lots.map((lot) => ({ lot })), hold, reason: reason.trim() },
        })
      }
    >
      <TextInput
        label={t('nonconformances.field.lots')}
        description={t('nonconformances.field.lots_help')}
        value={text}
        error={errors['lots[0].lot']}
        data-autofocus
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {can(me, 'lot.hold') && (
        <Checkbox
          label={t('nonconformances.field.hold')}
          checked={hold}
          onChange={(event) => setHold(event.currentTarget.checked)}
        />
      )}
      <TextInput
        label={t('orders.reason')}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}

/** Notes a cost from outside: a sorting firm, a freight, what a customer charges. */
export function CostDialog({ nc, onClose }: { nc: Nonconformance; onClose: () => void }) {
  const t = useT()
  const [amount, setAmount] = useState('')
  const [text, setText] = useState('')
  const run = useCommand(onClose)
  const errors = fieldErrors(run.error)
  const exact = readDecimal(amount)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('nonconformances.cost.add')}
      confirm={t('nonconformances.cost.confirm')}
      busy={run.isPending}
      disabled={exact === null || text.trim() === ''}
      error={run.error}
      onConfirm={() => run.mutate({ path: `${ncPath(nc.id)}/costs`, body: { amount: exact, text: text.trim() } })}
    >
      <p>{t('nonconformances.cost.text')}</p>
      <DecimalField
        label={t('nonconformances.cost.amount')}
        value={amount}
        onChange={setAmount}
        error={errors.amount}
        data-autofocus
      />
      <TextInput
        label={t('nonconformances.cost.what')}
        value={text}
        maxLength={500}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
