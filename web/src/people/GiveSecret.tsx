import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { personPath, type Detail } from './people'
import { Reason } from './ReasonDialog'
import { ShownOnce } from './ShownOnce'

interface Props {
  person: Detail
  kind: 'password' | 'pin'
  onClose: () => void
}

/** Draws a password or PIN, and shows it this once. It lets the person do nothing but choose their own. */
export function GiveSecret({ person, kind, onClose }: Props) {
  const t = useT()
  const [secret, setSecret] = useState<string>()
  const [reason, setReason] = useState('')
  const give = useCommand<{ secret: string }>((answer) => setSecret(answer.secret))
  const title = t(`people.give.${kind}_title`, { id: person.id })
  if (secret) return <ShownOnce title={title} secret={secret} text={t('people.give.shown')} onClose={onClose} />
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={title}
      confirm={t(`people.give.${kind}`)}
      busy={give.isPending}
      disabled={reason.trim().length < 3}
      error={give.error}
      onConfirm={() => give.mutate({ path: `${personPath(person.id)}/secret`, body: { kind, reason: reason.trim() } })}
    >
      <p>{t('people.give.text')}</p>
      <Reason value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}
