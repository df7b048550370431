import { Button, Modal, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useT } from '../i18n/i18n'
import classes from './terminal.module.css'

/** Typing a code is the fallback for a label that can't be read. */
export function TypeCode({
  title,
  onCode,
  onClose,
}: {
  title: string
  onCode: (code: string) => void
  onClose: () => void
}) {
  const t = useT()
  const [code, setCode] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (code.trim() !== '') onCode(code.trim())
  }
  return (
    <Modal opened onClose={onClose} title={title} size={720} closeButtonProps={{ 'aria-label': t('message.close') }}>
      <form onSubmit={submit} className={classes.typeForm}>
        <TextInput
          label={t('terminal.type.label')}
          classNames={{ input: classes.fieldInput }}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
        <Button type="submit" variant="filled" disabled={code.trim() === ''}>
          {t('terminal.type.take')}
        </Button>
      </form>
    </Modal>
  )
}
