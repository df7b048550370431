import { Button, Modal, Textarea } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe, type Me } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { path, type Alert } from './alert'
import { AlertSubject } from './AlertSubject'
import { useAlertKind, useMeantFor } from './words'

const isMine = (me: Me, alert: Alert) =>
  (!alert.role || (me.roles ?? []).includes(alert.role)) && (!alert.account || alert.account === me.id)

/** One alert, and the word with which it is closed. */
export function AlertDialog({ alert, onClose }: { alert: Alert; onClose: () => void }) {
  const t = useT()
  const me = useMe()
  const kind = useAlertKind()
  const meantFor = useMeantFor()
  const closable = !alert.closed_at && can(me, 'alert.close') && isMine(me, alert)
  return (
    <Modal
      opened
      onClose={onClose}
      title={kind(alert.kind)}
      closeButtonProps={{ 'aria-label': t('message.close') }}
      size="lg"
    >
      <p>{alert.text}</p>
      <Facts
        rows={[
          [t('alerts.column.severity'), <Status key="s" of="severity" state={alert.severity} />],
          [t('alerts.column.subject'), <AlertSubject key="r" alert={alert} />],
          [t('alerts.column.for'), meantFor(alert)],
          [t('alerts.column.raised'), <Time key="t" value={alert.raised_at} form="full" />],
          [t('alerts.closed'), alert.closed_at && <Time key="c" value={alert.closed_at} form="full" />],
          [t('alerts.closed_who'), alert.closed_by],
          [t('alerts.comment'), alert.comment],
        ]}
      />
      {closable && <CloseForm alert={alert} onDone={onClose} />}
    </Modal>
  )
}

function CloseForm({ alert, onDone }: { alert: Alert; onDone: () => void }) {
  const t = useT()
  const [comment, setComment] = useState('')
  const close = useCommand(onDone)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (comment.trim()) close.mutate({ path: `${path}/${alert.id}/close`, body: { comment: comment.trim() } })
      }}
    >
      <Textarea
        mt="md"
        label={t('alerts.comment')}
        description={t('alerts.comment_hint')}
        value={comment}
        maxLength={500}
        autosize
        minRows={2}
        data-autofocus
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      {close.isError && <ErrorAlert error={close.error} />}
      <Button
        mt="md"
        type="submit"
        variant="filled"
        leftSection={<IconCheck className="icon" aria-hidden />}
        loading={close.isPending}
        disabled={!comment.trim()}
      >
        {t('alerts.close')}
      </Button>
    </form>
  )
}
