import { NumberInput, Radio, Stack, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { rules, type Setting } from './dispatch'

/** By which rule a line puts its queues in order, and when material counts as late. */
export function RuleDialog({ setting, onClose }: { setting: Setting; onClose: () => void }) {
  const t = useT()
  const [form, setForm] = useState({ rule: setting.rule as string, lead: setting.lead_min, reason: '' })
  const run = useCommand(onClose)
  const errors = fieldErrors(run.error)
  const same = form.rule === setting.rule && form.lead === setting.lead_min
  return (
    <ConfirmDialog
      opened
      size="lg"
      onClose={onClose}
      title={t('dispatch.rule.title', { line: setting.line })}
      confirm={t('dispatch.rule.confirm')}
      busy={run.isPending}
      disabled={same || !form.reason.trim()}
      error={run.error}
      onConfirm={() =>
        run.mutate({
          path: `/lines/${encodeURIComponent(setting.line)}/dispatch-rule`,
          body: { rule: form.rule, lead_min: form.lead, version: setting.version, reason: form.reason.trim() },
        })
      }
    >
      <Radio.Group
        label={t('dispatch.rule.label')}
        value={form.rule}
        onChange={(rule) => setForm({ ...form, rule })}
        error={errors.rule}
      >
        <Stack gap="xs" mt="xs">
          {rules.map((rule) => (
            <Radio
              key={rule}
              value={rule}
              label={t(`dispatch.rule.${rule}`)}
              description={t(`dispatch.rule.${rule}.help`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      <NumberInput
        label={t('dispatch.rule.lead')}
        description={t('dispatch.rule.lead_help')}
        min={0}
        max={20_160}
        allowDecimal={false}
        value={form.lead}
        onChange={(lead) => setForm({ ...form, lead: Number(lead) })}
        error={errors.lead_min}
      />
      <Textarea
        label={t('orders.reason')}
        description={t('orders.reason_help')}
        value={form.reason}
        maxLength={500}
        autosize
        onChange={(event) => setForm({ ...form, reason: event.currentTarget.value })}
        error={errors.reason}
      />
    </ConfirmDialog>
  )
}
