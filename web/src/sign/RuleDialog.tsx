import { NumberInput, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { meanings, roles, type Need, type Noun, type Rule } from './sign'

/** Changes what a kind of record asks for, with a reason. A step's needs stand in its routing: only the time changes. */
export function RuleDialog({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const t = useT()
  const [needs, setNeeds] = useState<Partial<Need>[]>([rule.needs?.[0] ?? {}, rule.needs?.[1] ?? {}])
  const [minutes, setMinutes] = useState<number | string>(Math.round(rule.remind_s / 60))
  const [reason, setReason] = useState('')
  const put = useCommand(onClose)
  const errors = fieldErrors(put.error)
  const change = (i: number, part: Partial<Need>) =>
    setNeeds((old) => old.map((need, j) => (j === i ? { ...need, ...part } : need)))
  const body = { needs: needs.filter((need) => need.meaning), remind_s: Number(minutes) * 60, reason: reason.trim() }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('sign.rules.change_rule', { noun: t(`sign.noun.${rule.noun as Noun}`) })}
      confirm={t('sign.rules.save')}
      busy={put.isPending}
      disabled={!body.reason || !(body.remind_s >= 60)}
      error={put.error}
      onConfirm={() => put.mutate({ path: `/signature-rules/${rule.noun}`, method: 'PUT', body })}
    >
      {rule.noun !== 'step' &&
        needs.map((need, i) => (
          <fieldset key={i}>
            <legend>{t('sign.rules.signature', { n: i + 1 })}</legend>
            <Select
              label={t('sign.meaning')}
              clearable
              placeholder={t('sign.rules.none')}
              data={meanings.map((meaning) => ({ value: meaning, label: t(`sign.means.${meaning}`) }))}
              value={need.meaning ?? null}
              onChange={(meaning) => change(i, { meaning: (meaning ?? undefined) as Need['meaning'] | undefined })}
            />
            <Select
              label={t('sign.rules.role')}
              clearable
              placeholder={t('sign.by_anyone')}
              data={roles.map((role) => ({ value: role, label: t(`app.role.${role}`) }))}
              value={need.role ?? null}
              onChange={(role) => change(i, { role: (role ?? undefined) as Need['role'] })}
            />
          </fieldset>
        ))}
      <NumberInput
        label={t('sign.rules.minutes')}
        min={1}
        max={43200}
        value={minutes}
        onChange={setMinutes}
        error={errors.remind_s}
      />
      <TextInput
        label={t('sign.rules.reason')}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={errors.reason}
      />
    </ConfirmDialog>
  )
}
