import { SegmentedControl, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { MomentField } from '../form/MomentField'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { matrixQuery } from '../qualifications/qualification'
import { useMe } from '../session/session'
import { fromFieldValue, toFieldValue } from '../time/format'
import { useZone } from '../time/site'
import { codesQuery, type LabourEntry } from './labour'

const kinds = ['code', 'job', 'none'] as const

/** Says what somebody worked in a span of time, whatever the clock said. The clock's own lines stay. */
export function CorrectDialog({ entry, onClose }: { entry?: LabourEntry; onClose: () => void }) {
  const t = useT()
  const me = useMe()
  const zone = useZone()
  const people = useQuery(matrixQuery()).data?.people ?? []
  const codes = useQuery(codesQuery).data?.items ?? []
  const [account, setAccount] = useState<string | null>(entry?.account ?? null)
  const [from, setFrom] = useState(entry ? toFieldValue(zone, new Date(entry.from)) : '')
  const [to, setTo] = useState(entry ? toFieldValue(zone, new Date(entry.to)) : '')
  const [kind, setKind] = useState<string>(entry?.lot ? 'job' : 'code')
  const [code, setCode] = useState<string | null>(entry?.code ?? null)
  const [lot, setLot] = useState(entry?.lot ?? '')
  const [operation, setOperation] = useState(entry?.operation ?? '')
  const [reason, setReason] = useState('')
  const correct = useCommand(onClose)
  const errors = fieldErrors(correct.error)
  const what = kind === 'code' ? { code } : kind === 'job' ? { lot: lot.trim(), operation: operation.trim() } : {}
  const complete = kind === 'none' || (kind === 'code' ? code : lot.trim() && operation.trim())
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('labour.correct')}
      confirm={t('labour.correct_confirm')}
      busy={correct.isPending}
      disabled={!account || !from || !to || !reason.trim() || !complete}
      error={correct.error}
      onConfirm={() =>
        correct.mutate({
          path: '/labour/corrections',
          body: {
            account,
            from: fromFieldValue(zone, from).toISOString(),
            to: fromFieldValue(zone, to).toISOString(),
            reason: reason.trim(),
            ...what,
          },
        })
      }
    >
      <p>{t('labour.correct_text')}</p>
      <Select
        label={t('labour.column.person')}
        data={people
          .filter((p) => p.account !== me.id)
          .map((p) => ({ value: p.account, label: `${p.name} (${p.account})` }))}
        value={account}
        onChange={setAccount}
        searchable
        disabled={!!entry}
        error={errors.account}
      />
      <MomentField label={t('labour.column.from')} value={from} onChange={setFrom} error={errors.from} />
      <MomentField label={t('labour.column.to')} value={to} onChange={setTo} error={errors.to} />
      <SegmentedControl
        aria-label={t('labour.column.what')}
        data={kinds.map((value) => ({ value, label: t(`labour.kind.${value}`) }))}
        value={kind}
        onChange={setKind}
      />
      {kind === 'code' && (
        <Select
          label={t('labour.code')}
          data={codes.map((c) => ({ value: c.id, label: c.name }))}
          value={code}
          onChange={setCode}
          error={errors.code}
        />
      )}
      {kind === 'job' && (
        <>
          <TextInput
            label={t('labour.lot')}
            value={lot}
            onChange={(e) => setLot(e.currentTarget.value)}
            error={errors.lot}
          />
          <TextInput
            label={t('labour.operation')}
            value={operation}
            onChange={(e) => setOperation(e.currentTarget.value)}
            error={errors.operation}
          />
        </>
      )}
      <TextInput
        label={t('orders.reason')}
        value={reason}
        maxLength={500}
        onChange={(e) => setReason(e.currentTarget.value)}
        error={errors.reason}
      />
    </ConfirmDialog>
  )
}
