import { Button, Modal, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'

/** When the last accident was. It goes into the audit trail with who said it and why. */
export function SafetyDialog({ onClose }: { onClose: () => void }) {
  const t = useT()
  const [day, setDay] = useState('')
  const [reason, setReason] = useState('')
  const command = useCommand(onClose)
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('calls.safety.title')}
      closeButtonProps={{ 'aria-label': t('message.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          command.mutate({ path: '/safety', body: { last_accident: day, reason } })
        }}
      >
        <TextInput
          type="date"
          label={t('calls.safety.day')}
          value={day}
          onChange={(event) => setDay(event.currentTarget.value)}
          required
        />
        <Textarea
          mt="sm"
          label={t('orders.reason')}
          maxLength={300}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          required
        />
        {command.isError && <ErrorAlert error={command.error} />}
        <Button mt="md" type="submit" variant="filled" disabled={!day || !reason.trim()} loading={command.isPending}>
          {t('calls.safety.save')}
        </Button>
      </form>
    </Modal>
  )
}
