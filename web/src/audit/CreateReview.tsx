import { SimpleGrid, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { MomentField } from '../form/MomentField'
import { useLanguage, useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { ErrorAlert } from '../message/ErrorAlert'
import { fromFieldValue, toFieldValue } from '../time/format'
import { plantNow } from '../time/now'
import { useZone } from '../time/site'
import { formatDecimal } from '../value/decimal'
import classes from './audit.module.css'
import { Counts } from './Counts'
import { path, summaryQuery, type Review, type Summary } from './reviews'

const month = 30 * 86_400_000

/** A period, what it holds, and what was found in it. */
export function CreateReview({ onClose, onCreated }: { onClose: () => void; onCreated: (review: Review) => void }) {
  const t = useT()
  const zone = useZone()
  const create = useCommand<Review>(onCreated)
  const [form, setForm] = useState(() => ({
    from: toFieldValue(zone, new Date(plantNow() - month)),
    to: toFieldValue(zone, new Date(plantNow())),
    findings: '',
  }))
  const moment = (text: string) => (text === '' ? '' : fromFieldValue(zone, text).toISOString())
  const [from, to] = [moment(form.from), moment(form.to)]
  const summary = useQuery(summaryQuery(from, to))
  const errors = fieldErrors(create.error)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('audit.reviews.new')}
      confirm={t('audit.review.confirm', { count: summary.data?.rows ?? 0 })}
      busy={create.isPending}
      disabled={form.findings.trim() === '' || !(from < to) || summary.isFetching}
      error={create.error}
      onConfirm={() => create.mutate({ path, body: { from, to, findings: form.findings.trim() } })}
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        <MomentField
          label={t('audit.review.from')}
          value={form.from}
          onChange={(value) => setForm({ ...form, from: value })}
          error={errors.from}
          data-autofocus
        />
        <MomentField
          label={t('audit.review.to')}
          value={form.to}
          onChange={(value) => setForm({ ...form, to: value })}
          error={errors.to}
        />
      </SimpleGrid>
      {summary.isError && <ErrorAlert error={summary.error} />}
      {summary.data && <Holds summary={summary.data} />}
      <Textarea
        label={t('audit.review.findings')}
        description={t('audit.review.findings_help')}
        autosize
        minRows={4}
        maxLength={4000}
        value={form.findings}
        onChange={(event) => setForm({ ...form, findings: event.currentTarget.value })}
        error={errors.findings}
      />
    </ConfirmDialog>
  )
}

function Holds({ summary }: { summary: Summary }) {
  const t = useT()
  const language = useLanguage()
  const n = (value: number) => formatDecimal(String(value), language)
  return (
    <div className={classes.form} role="status">
      <p>{t('audit.review.holds', { count: summary.rows, n: n(summary.rows), refused: n(summary.refused) })}</p>
      <Counts counts={summary.counts} />
    </div>
  )
}
