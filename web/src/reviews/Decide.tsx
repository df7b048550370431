import { Button, Select, TextInput } from '@mantine/core'
import { useRef, useState } from 'react'
import type { Schemas } from '../api/http'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { useKeys } from '../scan/ScanProvider'
import type { Prediction, Result } from '../vision/vision'
import { overrides, type Review } from './review'
import classes from './reviews.module.css'

interface Props {
  review: Review
  /** The boxes as a person has put them; undefined leaves the model's. */
  boxes?: Prediction[]
  /** Keys are heard: no dialogue lies over it. */
  keys: boolean
  onDone: () => void
  onAsked: (request: string) => void
}

/** Pass, fail or unsure, by button or key. Against a clear verdict, or where the lot waits, it asks for a reason first. */
export function Decide({ review, boxes, keys, onDone, onAsked }: Props) {
  const t = useT()
  const [reason, setReason] = useState('')
  const [decision, setDecision] = useState<'rework' | 'scrap'>('rework')
  const [chosen, setChosen] = useState<Result>()
  const field = useRef<HTMLInputElement>(null)
  const run = useCommand<Schemas['Labelled']>((said) => (said.request ? onAsked(said.request.id) : onDone()))
  const asks = (label: Result) => overrides(review, label) || (review.lot_waits && label !== 'undecided')
  const give = (label: Result) => {
    setChosen(label)
    if (asks(label) && reason.trim() === '') return void field.current?.focus()
    if (review.lot_waits && label === 'fail' && chosen !== 'fail') return
    run.mutate({
      path: `/reviews/${encodeURIComponent(review.id)}/label`,
      body: {
        label,
        reason: reason.trim() || undefined,
        ...(boxes && { corrected: true, predictions: boxes }),
        ...(review.lot_waits && label === 'fail' && { decision }),
      },
    })
  }
  useKeys((key) => {
    const said = ({ p: 'pass', f: 'fail', u: 'undecided' } as const)[key]
    if (said) give(said)
    return said !== undefined
  }, keys)
  const errors = fieldErrors(run.error)
  const button = (label: 'pass' | 'fail' | 'undecided', key: string) => (
    <Button
      variant={chosen === label ? 'filled' : 'default'}
      color={label === 'fail' ? 'crit' : 'act'}
      loading={run.isPending && chosen === label}
      onClick={() => give(label)}
      aria-keyshortcuts={key}
    >
      {t(`reviews.say.${label}`)}
    </Button>
  )
  return (
    <section className={classes.decide} aria-label={t('reviews.decide')}>
      {review.lot_waits && <p role="status">{t('reviews.lot_waits_text', { lot: review.lot })}</p>}
      <TextInput
        ref={field}
        label={t('reviews.reason')}
        description={chosen && asks(chosen) ? t('reviews.reason_needed') : undefined}
        value={reason}
        maxLength={500}
        error={errors.reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && chosen) {
            event.preventDefault()
            give(chosen)
          }
        }}
      />
      {review.lot_waits && chosen === 'fail' && (
        <Select
          label={t('reviews.then')}
          allowDeselect={false}
          data={(['rework', 'scrap'] as const).map((value) => ({ value, label: t(`reviews.decision.${value}`) }))}
          value={decision}
          onChange={(value) => setDecision(value as 'rework' | 'scrap')}
          error={errors.decision}
        />
      )}
      <div className="row">
        {button('pass', 'p')}
        {button('fail', 'f')}
        {button('undecided', 'u')}
      </div>
      {run.isError && <ErrorAlert error={run.error} />}
    </section>
  )
}
