import { Button, Textarea } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { jobPath } from './dispatch'

export interface Move {
  station: string
  lot: string
  /** The job in front of which it shall stand; none is the top. */
  before?: string
}

/** How long a move can be taken back by a click, in ms. */
const undoFor = 10_000

/** Asks why a job is moved, moves it, and offers to take it back. */
export function MoveDialog({ move, onClose }: { move: Move; onClose: () => void }) {
  const t = useT()
  const [reason, setReason] = useState('')
  const undo = useCommand()
  const path = jobPath(move.station, move.lot)
  const run = useCommand(() => {
    onClose()
    const id = `move-${move.station}-${move.lot}`
    const back = () => {
      notifications.hide(id)
      undo.mutate(
        { path: `${path}/undo-move` },
        { onError: (error) => notifications.show({ message: error.message, color: 'crit' }) },
      )
    }
    notifications.show({
      id,
      autoClose: undoFor,
      message: (
        <span className="row">
          {t('dispatch.moved', { lot: move.lot })}
          <Button size="compact-sm" onClick={back}>
            {t('dispatch.undo')}
          </Button>
        </span>
      ),
    })
  })
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={
        move.before
          ? t('dispatch.move.before', { lot: move.lot, before: move.before })
          : t('dispatch.move.top', { lot: move.lot })
      }
      confirm={t('dispatch.move.confirm')}
      busy={run.isPending}
      disabled={!reason.trim()}
      error={run.error}
      onConfirm={() => run.mutate({ path: `${path}/move`, body: { before: move.before, reason: reason.trim() } })}
    >
      <p>{t('dispatch.move.help')}</p>
      <Textarea
        label={t('orders.reason')}
        description={t('orders.reason_help')}
        value={reason}
        maxLength={500}
        autosize
        minRows={2}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={fieldErrors(run.error).reason}
        data-autofocus
      />
    </ConfirmDialog>
  )
}
