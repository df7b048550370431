import { Radio, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Schemas } from '../api/http'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { SignDialog } from '../sign/SignDialog'
import { readDecimal } from '../value/decimal'
import { decisionsFor, holdPath, type Decision, type Place } from './hold'

/** What a decision asks for besides its reason. */
const asks: Partial<Record<Decision, readonly ('routing' | 'rework_to' | 'permit' | 'bad')[]>> = {
  use_as_is: ['permit'],
  rework: ['routing', 'rework_to'],
  repair: ['routing', 'permit'],
  sort: ['bad'],
}

interface Props {
  hold: string
  places: Place[]
  /** The lots by name, or all undecided ones at a place. */
  lots?: string[]
  filter?: { place: Place; at?: string }
  onClose: () => void
}

/** Decides on contained lots. Where the site asks for signatures, the first of them can be given at once. */
export function Dispose({ hold, places, lots, filter, onClose }: Props) {
  const t = useT()
  const possible = decisionsFor(places)
  const [decision, setDecision] = useState<Decision | undefined>(possible[0])
  const [reason, setReason] = useState('')
  /** What some decisions ask for besides: a rework routing or an operation, a permit, how many are bad. */
  const [more, setMore] = useState<Record<string, string>>({})
  const [request, setRequest] = useState<string>()
  const run = useCommand<Schemas['Disposed']>((done) => (done.request ? setRequest(done.request.id) : onClose()))
  const errors = fieldErrors(run.error)
  if (request) return <SignDialog request={request} consequence={t('holds.then')} onClose={onClose} />
  const asked = decision ? (asks[decision] ?? []) : []
  const body = {
    ...(lots ? { lots } : filter),
    decision,
    ...Object.fromEntries(
      asked.flatMap((name) =>
        more[name]?.trim() ? [[name, name === 'bad' ? readDecimal(more[name]) : more[name].trim()]] : [],
      ),
    ),
    reason: reason.trim(),
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={lots ? t('holds.decide_on', { count: lots.length }) : t('holds.decide_place')}
      confirm={t('holds.propose')}
      busy={run.isPending}
      disabled={reason.trim() === '' || decision === undefined}
      error={run.error}
      onConfirm={() => run.mutate({ path: `${holdPath(hold)}/dispose`, body })}
    >
      <Radio.Group
        label={t('holds.field.decision')}
        value={decision}
        onChange={(value) => setDecision(value as Decision)}
        error={errors.decision}
      >
        <Stack gap="sm" mt="xs">
          {possible.map((value) => (
            <Radio key={value} value={value} label={t(`holds.decision.${value}`)} />
          ))}
        </Stack>
      </Radio.Group>
      {asked.map((name) => (
        <TextInput
          key={name}
          label={t(`holds.field.${name}`)}
          value={more[name] ?? ''}
          onChange={(event) => setMore({ ...more, [name]: event.currentTarget.value })}
          error={errors[name]}
        />
      ))}
      <TextInput
        label={t('orders.reason')}
        description={t('orders.reason_help')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={errors.reason}
        maxLength={500}
        data-autofocus
      />
    </ConfirmDialog>
  )
}
