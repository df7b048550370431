import { Radio, Select, Stack, TagsInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Schemas } from '../api/http'
import { useCommand } from '../command/useCommand'
import { DecimalField } from '../form/DecimalField'
import { fieldErrors } from '../form/fields'
import { useLanguage, useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { routingQuery } from '../plant/plant'
import { SignDialog } from '../sign/SignDialog'
import { formatDecimal, readDecimal } from '../value/decimal'
import type { Lot } from './lot'
import { lotPath } from './queries'

export type LotCommandName = 'review' | 'hold' | 'release' | 'scrap' | 'defects' | 'split' | 'merge'

const tones = {
  review: 'act',
  hold: 'hold',
  release: 'act',
  scrap: 'crit',
  defects: 'act',
  split: 'act',
  merge: 'act',
} as const
const decisions = ['pass', 'rework', 'scrap'] as const

/** Everything a person decides on one lot from the desk. Each asks for a reason, which goes into the record. */
export function LotCommand({ lot, command, onClose }: { lot: Lot; command: LotCommandName; onClose: () => void }) {
  const t = useT()
  const language = useLanguage()
  const [reason, setReason] = useState('')
  const [quantity, setQuantity] = useState(command === 'split' ? '' : lot.remaining)
  const [others, setOthers] = useState<string[]>([])
  const [decision, setDecision] = useState<(typeof decisions)[number]>('pass')
  const [reworkTo, setReworkTo] = useState(lot.operation ?? '')
  const [code, setCode] = useState('')
  const [request, setRequest] = useState<string>()
  const navigate = useNavigate()
  const run = useCommand<Partial<Schemas['Decided'] & Schemas['Divided']>>((answer) => {
    if (answer?.request) return setRequest(answer.request.id)
    onClose()
    if (answer?.new) void navigate({ to: '/lots/$lot', params: { lot: answer.new } })
  })
  const errors = fieldErrors(run.error)
  const exact = readDecimal(quantity)
  const bodies: Record<LotCommandName, unknown> = {
    review: { decision, rework_to: decision === 'rework' ? reworkTo : undefined, reason: reason.trim() },
    hold: { reason: reason.trim() },
    release: { reason: reason.trim() },
    scrap: { quantity: exact, reason: reason.trim() },
    defects: { code: code.trim(), text: reason.trim(), review: true },
    split: { quantity: exact, reason: reason.trim() },
    merge: { with: others, reason: reason.trim() },
  }
  const numbers = {
    lot: lot.lot,
    quantity: formatDecimal(command === 'scrap' || command === 'split' ? (exact ?? '0') : lot.remaining, language),
    unit: lot.unit,
  }
  if (request)
    return (
      <SignDialog
        request={request}
        consequence={t(command === 'release' ? 'sign.then.release' : 'sign.then.review')}
        onClose={onClose}
      />
    )
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t(`lots.ask.${command}.title`, numbers)}
      confirm={t(`lots.ask.${command}.confirm`, numbers)}
      tone={tones[command]}
      busy={run.isPending}
      disabled={
        reason.trim() === '' ||
        ((command === 'scrap' || command === 'split') && exact === null) ||
        (command === 'defects' && !code.trim()) ||
        (command === 'merge' && others.length === 0)
      }
      error={run.error}
      onConfirm={() => run.mutate({ path: `${lotPath(lot.lot)}/${command}`, body: bodies[command] })}
    >
      <p>{t(`lots.ask.${command}.text`, numbers)}</p>
      {(command === 'scrap' || command === 'split') && (
        <DecimalField
          label={t('lots.field.quantity')}
          unit={lot.unit}
          value={quantity}
          onChange={setQuantity}
          error={errors.quantity}
        />
      )}
      {command === 'defects' && (
        <TextInput
          label={t('lots.field.code')}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          error={errors.code}
        />
      )}
      {command === 'merge' && (
        <TagsInput
          label={t('lots.field.with')}
          description={t('lots.field.with_help')}
          value={others}
          onChange={setOthers}
          maxTags={49}
          error={errors.with}
          clearable={false}
        />
      )}
      {command === 'review' && (
        <Review lot={lot} decision={decision} onDecision={setDecision} reworkTo={reworkTo} onReworkTo={setReworkTo} />
      )}
      <TextInput
        label={t('orders.reason')}
        description={t('orders.reason_help')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={errors.reason ?? errors.text}
        maxLength={500}
        data-autofocus
      />
    </ConfirmDialog>
  )
}

interface ReviewProps {
  lot: Lot
  decision: (typeof decisions)[number]
  onDecision: (decision: (typeof decisions)[number]) => void
  reworkTo: string
  onReworkTo: (operation: string) => void
}

function Review({ lot, decision, onDecision, reworkTo, onReworkTo }: ReviewProps) {
  const t = useT()
  const routing = useQuery(routingQuery(lot.material, lot.revision))
  const all = routing.data?.operations ?? []
  const earlier = all.slice(0, all.findIndex((operation) => operation.id === lot.operation) + 1)
  return (
    <>
      {lot.wait?.reason && <p>{lot.wait.reason}</p>}
      <Radio.Group
        label={t('lots.field.decision')}
        value={decision}
        onChange={(value) => onDecision(value as (typeof decisions)[number])}
      >
        <Stack gap="sm" mt="xs">
          {decisions.map((value) => (
            <Radio key={value} value={value} label={t(`lots.decision.${value}`)} />
          ))}
        </Stack>
      </Radio.Group>
      {decision === 'rework' && (
        <Select
          label={t('lots.field.rework_to')}
          data={earlier.map((operation) => ({ value: operation.id, label: `${operation.id} ${operation.name}` }))}
          value={reworkTo}
          onChange={(value) => onReworkTo(value ?? '')}
        />
      )}
    </>
  )
}
