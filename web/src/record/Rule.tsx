import { Button, NumberInput, Stack, Switch, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api, type Schemas } from '../api/http'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'

type Rule = Schemas['RecordRule']

const ruleQuery = {
  queryKey: ['records', 'rule'],
  queryFn: () => answer(api.GET('/api/v1/record-rule')),
}

/** Which records of this site must be released, and whether nothing is shipped before that. */
export function RuleButton() {
  const t = useT()
  const [open, setOpen] = useState(false)
  const query = useQuery({ ...ruleQuery, enabled: open })
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('records.rule')}</Button>
      {open && query.data && <RuleDialog rule={query.data} onClose={() => setOpen(false)} />}
    </>
  )
}

function RuleDialog({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const t = useT()
  const client = useQueryClient()
  const [next, setNext] = useState(rule)
  const [reason, setReason] = useState('')
  const put = useMutation({
    mutationFn: () => answer(api.PUT('/api/v1/record-rule', { body: { ...next, reason: reason.trim() } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['records'] })
      onClose()
    },
  })
  const toggle = (name: 'lots' | 'orders' | 'release_before_ship') => (
    <Switch
      label={t(`records.rule.${name === 'release_before_ship' ? 'before_ship' : name}`)}
      checked={next[name]}
      disabled={name === 'release_before_ship' && !next.lots && !next.orders}
      onChange={(event) => setNext({ ...next, [name]: event.currentTarget.checked })}
    />
  )
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('records.rule.title')}
      confirm={t('records.rule.confirm')}
      busy={put.isPending}
      disabled={reason.trim() === ''}
      error={put.error}
      onConfirm={() => put.mutate()}
    >
      <Stack gap="sm">
        {toggle('lots')}
        {toggle('orders')}
        {toggle('release_before_ship')}
        <NumberInput
          label={t('records.rule.due')}
          value={next.due_hours}
          min={1}
          max={8784}
          onChange={(value) => setNext({ ...next, due_hours: Number(value) })}
        />
        <TextInput
          label={t('records.rule.reason')}
          value={reason}
          maxLength={500}
          required
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </Stack>
    </ConfirmDialog>
  )
}
