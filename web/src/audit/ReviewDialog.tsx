import { Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ErrorAlert } from '../message/ErrorAlert'
import { SignaturePanel } from '../sign/SignaturePanel'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { Quantity } from '../value/Quantity'
import classes from './audit.module.css'
import { Counts } from './Counts'
import { reviewQuery, type Review } from './reviews'

/** One review with what it looked at. */
export function ReviewDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT()
  const query = useQuery(reviewQuery(id))
  return (
    <Modal opened onClose={onClose} title={id} closeButtonProps={{ 'aria-label': t('message.close') }} size="xl">
      {query.isPending && <Rows count={4} />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Content review={query.data} />}
    </Modal>
  )
}

function Content({ review: r }: { review: Review }) {
  const t = useT()
  const scope = [r.noun, r.subject, r.actor, r.action].filter(Boolean).join(', ')
  return (
    <>
      <Facts
        rows={[
          [t('list.by_state'), <Status key="s" of="request" state={r.state} />],
          [
            t('audit.reviews.column.period'),
            <span key="p">
              <Time value={r.from} form="full" /> – <Time value={r.to} form="full" />
            </span>,
          ],
          [t('audit.review.scope'), scope],
          [t('audit.reviews.column.rows'), <Quantity key="n" value={String(r.rows)} />],
          [
            t('audit.review.range'),
            r.first_id > 0 && t('audit.review.range_text', { first: String(r.first_id), last: String(r.last_id) }),
          ],
          [t('audit.reviews.column.refused'), <Quantity key="f" value={String(r.refused)} />],
          [t('audit.review.checkpoint'), String(r.checkpoint)],
          [
            t('audit.proof.head'),
            <span key="h" className={classes.hash}>
              {r.head}
            </span>,
          ],
          [t('audit.reviews.column.author'), r.author],
        ]}
      />
      <h3 className={classes.section}>{t('audit.review.findings')}</h3>
      <p className={classes.findings}>{r.findings}</p>
      <h3 className={classes.section}>{t('audit.review.counts')}</h3>
      <Counts counts={r.counts} />
      <SignaturePanel noun="audit_review" id={r.id} consequence={t('audit.review.consequence')} />
    </>
  )
}
