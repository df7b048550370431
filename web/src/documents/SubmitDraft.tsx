import { MultiSelect, TagsInput, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { MomentField } from '../form/MomentField'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import type { Routing } from '../plant/plant'
import { fromFieldValue } from '../time/format'
import { useZone } from '../time/site'
import { revisionPath, type Readers, type Revision } from './document'

const roles = ['operator', 'supervisor', 'quality', 'maintenance', 'planner'] as const

/** The certificates that a routing's operations ask for: who holds one works by it. */
const skillsOf = (r: Revision): string[] =>
  r.kind === 'routing'
    ? [
        ...new Set(
          ((r.content as Routing).operations ?? []).flatMap((o) =>
            o.qualification ? [`${o.qualification.id} ${o.qualification.level}`] : [],
          ),
        ),
      ]
    : []

const needOf = (text: string) => {
  const m = /^(.*\S)\s+(\d+)$/.exec(text.trim())
  return m ? { id: m[1]!, level: Number(m[2]) } : { id: text.trim(), level: 1 }
}

/** Sends a draft into review: why it changes, who must read it, and from when it shall be in force. */
export function SubmitDraft({ revision, onClose }: { revision: Revision; onClose: () => void }) {
  const t = useT()
  const zone = useZone()
  const submit = useCommand(onClose)
  const errors = fieldErrors(submit.error)
  const [reason, setReason] = useState('')
  const [on, setOn] = useState('')
  const [read, setRead] = useState<{ roles: string[]; people: string[]; skills: string[] }>({
    roles: [],
    people: [],
    skills: skillsOf(revision),
  })
  const readers: Readers = {
    roles: read.roles as Readers['roles'],
    people: read.people,
    qualified: read.skills.map(needOf),
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('documents.submit.title', { id: revision.id, revision: revision.revision })}
      confirm={t('documents.submit.confirm')}
      busy={submit.isPending}
      disabled={reason.trim() === ''}
      error={submit.error}
      onConfirm={() =>
        submit.mutate({
          path: `${revisionPath(revision)}/submit`,
          body: {
            version: revision.version,
            reason: reason.trim(),
            readers,
            effective_on: on ? fromFieldValue(zone, on).toISOString() : undefined,
          },
        })
      }
    >
      <p>{t('documents.submit.text')}</p>
      <Textarea
        label={t('documents.fact.reason')}
        description={t('documents.submit.reason_help')}
        autosize
        minRows={2}
        maxLength={1000}
        value={reason}
        error={errors.reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-autofocus
      />
      <TagsInput
        label={t('documents.submit.skills')}
        description={t('documents.submit.skills_help')}
        value={read.skills}
        onChange={(skills) => setRead({ ...read, skills })}
      />
      <MultiSelect
        label={t('documents.submit.roles')}
        data={roles.map((role) => ({ value: role, label: t(`documents.role.${role}`) }))}
        value={read.roles}
        onChange={(next) => setRead({ ...read, roles: next })}
      />
      <TagsInput
        label={t('documents.submit.people')}
        value={read.people}
        onChange={(people) => setRead({ ...read, people })}
      />
      <MomentField
        label={t('documents.submit.on')}
        description={t('documents.submit.on_help')}
        value={on}
        error={errors.effective_on}
        onChange={setOn}
      />
    </ConfirmDialog>
  )
}

/** Gives a revision up before it is in force, with the reason. */
export function WithdrawDocument({ revision, onClose }: { revision: Revision; onClose: () => void }) {
  const t = useT()
  const withdraw = useCommand(onClose)
  const [reason, setReason] = useState('')
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('documents.withdraw.title', { id: revision.id, revision: revision.revision })}
      confirm={t('documents.withdraw.button')}
      tone="crit"
      busy={withdraw.isPending}
      disabled={reason.trim() === ''}
      error={withdraw.error}
      onConfirm={() => withdraw.mutate({ path: `${revisionPath(revision)}/withdraw`, body: { reason: reason.trim() } })}
    >
      <p>{t('documents.withdraw.text')}</p>
      <Textarea
        label={t('documents.withdraw.reason')}
        autosize
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-autofocus
      />
    </ConfirmDialog>
  )
}
