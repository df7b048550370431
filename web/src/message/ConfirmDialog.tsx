import { Button, Modal } from '@mantine/core'
import { type FormEvent, type ReactNode } from 'react'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from './ErrorAlert'
import classes from './message.module.css'

interface Props {
  opened: boolean
  onClose: () => void
  title: string
  /** Names what happens, with numbers: "Hold 37 units". */
  confirm: string
  tone?: 'act' | 'hold' | 'crit'
  busy?: boolean
  /** Wider for forms with columns. */
  size?: 'lg' | 'xl'
  disabled?: boolean
  error?: unknown
  onConfirm: () => void
  children?: ReactNode
}

/** Asks before what stops others or cannot be undone; also the frame of small forms. */
export function ConfirmDialog(props: Props) {
  const { opened, onClose, title, confirm, tone = 'act', busy, size, disabled, error, onConfirm, children } = props
  const t = useT()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!disabled && !busy) onConfirm()
  }
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size={size}
      title={title}
      closeButtonProps={{ 'aria-label': t('message.close') }}
    >
      <form onSubmit={submit} className={classes.form} noValidate>
        {children}
        {error !== undefined && error !== null && <ErrorAlert error={error} />}
        <div className={classes.buttons}>
          <Button type="submit" variant="filled" color={tone} loading={busy} disabled={disabled}>
            {confirm}
          </Button>
          <Button variant="subtle" color="gray" onClick={onClose}>
            {t('message.cancel')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
