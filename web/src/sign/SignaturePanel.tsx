import { Button } from '@mantine/core'
import { IconSignature } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { nextNeed, requestsQuery, signaturesQuery, type Noun, type Signature } from './sign'
import { SignDialog } from './SignDialog'
import classes from './sign.module.css'

interface Props {
  noun: Noun
  id: string
  /** What happens at once with the last signature. */
  consequence?: ReactNode
  /** The heading that fits the page's order of headings. */
  heading?: 'h2' | 'h3'
}

/** A record's signatures in readable form, and the one that is asked for next. */
export function SignaturePanel({ noun, id, consequence, heading: Heading = 'h3' }: Props) {
  const t = useT()
  const me = useMe()
  const [signing, setSigning] = useState(false)
  const signatures = useQuery(signaturesQuery(noun, id))
  const requests = useQuery(requestsQuery(noun, id))
  const open = requests.data?.items?.find((request) => request.state === 'open')
  const rejected = requests.data?.items?.[0]?.state === 'rejected' ? requests.data.items[0] : undefined
  const need = open && nextNeed(open)
  const given = signatures.data?.items ?? []
  const failed = signatures.error ?? requests.error
  if (failed) return <ErrorAlert error={failed} onRetry={() => void signatures.refetch()} />
  if (given.length === 0 && !open && !rejected) return null
  return (
    <section aria-label={t('sign.signatures')} className={classes.panel}>
      <Heading>{t('sign.signatures')}</Heading>
      <ol className={classes.list}>
        {given.map((signature) => (
          <Given key={signature.id} signature={signature} />
        ))}
        {need && (
          <li data-wait>
            <b>{t('sign.waits_for', { meaning: t(`sign.means.${need.meaning}`) })}</b>
            <small>{need.role ? t('sign.by_role', { role: t(`app.role.${need.role}`) }) : t('sign.by_anyone')}</small>
          </li>
        )}
        {rejected && (
          <li data-no>
            <b>{t('sign.rejected')}</b>
            <small>{rejected.end_reason}</small>
          </li>
        )}
      </ol>
      {open && need && can(me, 'signature.give') && (
        <Button
          variant="filled"
          leftSection={<IconSignature className="icon" aria-hidden />}
          onClick={() => setSigning(true)}
        >
          {t('sign.open')}
        </Button>
      )}
      {signing && open && <SignDialog request={open.id} consequence={consequence} onClose={() => setSigning(false)} />}
    </section>
  )
}

/** One signature: printed name, time with zone, meaning, and what it is worth now. */
export function Given({ signature }: { signature: Signature }) {
  const t = useT()
  return (
    <li data-state={signature.state}>
      <b>{signature.name}</b> <span className="id">{signature.signer}</span>
      <small>
        {t(`sign.means.${signature.meaning}`)}, <Time value={signature.at} form="full" />
        {signature.station ? `, ${signature.station}` : ''}
      </small>
      {signature.reason && <small>{signature.reason}</small>}
      <Status of="signature" state={signature.state} size="label" />
      {signature.why && <small>{signature.why}</small>}
    </li>
  )
}
