import { SegmentedControl, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Schemas } from '../api/http'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'

type Answer = Schemas['VisionAnswer']['answer']

interface Props {
  event: string
  title: string
  text: string
  answers: Answer[]
  onClose: () => void
}

/** A person's word on a danger or a count, with its reason. */
export function AnswerDialog({ event, title, text, answers, onClose }: Props) {
  const t = useT()
  const [answer, setAnswer] = useState(answers[0]!)
  const [reason, setReason] = useState('')
  const run = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={title}
      confirm={t('vision.answer_confirm')}
      tone="act"
      busy={run.isPending}
      disabled={reason.trim() === ''}
      error={run.error}
      onConfirm={() =>
        run.mutate({
          path: `/vision/events/${encodeURIComponent(event)}/answer`,
          body: { answer, reason: reason.trim() },
        })
      }
    >
      <p>{text}</p>
      <SegmentedControl
        aria-label={title}
        value={answer}
        onChange={(value) => setAnswer(value as Answer)}
        data={answers.map((value) => ({ value, label: t(`vision.answer.${value}`) }))}
      />
      <TextInput
        mt="sm"
        label={t('orders.reason')}
        value={reason}
        maxLength={500}
        onChange={(e) => setReason(e.currentTarget.value)}
        data-autofocus
      />
    </ConfirmDialog>
  )
}
