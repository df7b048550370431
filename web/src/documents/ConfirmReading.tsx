import { Button, Checkbox } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { revisionPath, type Revision } from './document'
import classes from './documents.module.css'

/** A person's word that they have read and understood what is shown. The hash says what that was. */
export function ConfirmReading({ revision, onDone }: { revision: Revision; onDone?: () => void }) {
  const t = useT()
  const confirm = useCommand(onDone)
  const [understood, setUnderstood] = useState(false)
  return (
    <div className={classes.confirm}>
      <Checkbox
        label={t('documents.read.understood', { id: revision.id, revision: revision.revision })}
        checked={understood}
        onChange={(event) => setUnderstood(event.currentTarget.checked)}
      />
      <Button
        variant="filled"
        disabled={!understood}
        loading={confirm.isPending}
        onClick={() =>
          confirm.mutate({ path: `${revisionPath(revision)}/confirm-read`, body: { hash: revision.hash } })
        }
      >
        {t('documents.read.confirm')}
      </Button>
      {confirm.error && <ErrorAlert error={confirm.error} />}
    </div>
  )
}
