import { Button, Modal, Skeleton, TextInput } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { useMe } from '../session/session'
import { isProof, noProof, proofBody, Prove } from './Prove'
import { factsOf, nextNeed, requestQuery, shortHash, type SignatureRequest } from './sign'
import classes from './sign.module.css'

interface Props {
  /** The request's ID; its content is fetched, so that what is shown is what is signed. */
  request: string
  /** What happens at once with the last signature, in a sentence. */
  consequence?: ReactNode
  onClose: () => void
  onSigned?: (request: SignatureRequest) => void
}

/** The signing dialogue: what, reason, meaning, hash, who, consequence. */
export function SignDialog({ request: id, consequence, onClose, onSigned }: Props) {
  const t = useT()
  const query = useQuery(requestQuery(id))
  const request = query.data
  return (
    <Modal
      opened
      onClose={onClose}
      size={680}
      title={request?.title ?? t('sign.title')}
      closeButtonProps={{ 'aria-label': t('message.close') }}
      classNames={{ title: classes.title }}
    >
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Skeleton height={240} />}
      {request && <Form request={request} consequence={consequence} onClose={onClose} onSigned={onSigned} />}
    </Modal>
  )
}

function Form({ request, consequence, onClose, onSigned }: Omit<Props, 'request'> & { request: SignatureRequest }) {
  const t = useT()
  const me = useMe()
  const given = request.signatures ?? []
  const first = given[0]
  const need = nextNeed(request)
  const [proof, setProof] = useState(() => noProof(me.station || given.some((s) => s.signer === me.id) ? '' : me.id))
  const [rejecting, setRejecting] = useState(false)
  const [reason, setReason] = useState('')
  const done = (answer: SignatureRequest) => {
    onSigned?.(answer)
    onClose()
  }
  const run = useCommand<SignatureRequest>(done)
  const act = (verb: 'sign' | 'reject') =>
    run.mutate({
      path: `/signature-requests/${request.id}/${verb}`,
      body: { ...proofBody(proof), meaning: need?.meaning, reason: reason.trim() || undefined, hash: request.hash },
    })
  if (!need || request.state !== 'open') return <p>{t('sign.nothing_open')}</p>
  const total = request.needs?.length ?? 1
  return (
    <>
      <p className={classes.sub}>
        {first
          ? t('sign.second_of', { n: given.length + 1, total, first: first.signer })
          : t('sign.first_of', { n: 1, total, count: total })}
      </p>
      <dl className={classes.facts}>
        <Row name={t('sign.you_sign')}>
          <b>{request.title}</b>
          <details>
            <summary>{t('sign.all_of_it')}</summary>
            <Content request={request} />
          </details>
        </Row>
        {request.reason && <Row name={t('sign.reason_given')}>{request.reason}</Row>}
        <Row name={t('sign.meaning')}>
          <b>{t(`sign.means.${need.meaning}`)}</b>
          {need.role && `, ${t('sign.as_role', { role: t(`app.role.${need.role}`) })}`}
          {need.qualification &&
            `, ${t('sign.with_certificate', { id: need.qualification.id, level: need.qualification.level })}`}
        </Row>
        <Row name={t('sign.bound_to')}>
          <span className="id" title={request.hash}>
            {t('sign.sha', { hash: shortHash(request.hash) })}
          </span>
        </Row>
      </dl>
      <Prove proof={proof} onChange={setProof} />
      {rejecting && (
        <TextInput
          mt="md"
          label={t('sign.why_not')}
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
          autoFocus
        />
      )}
      {consequence && !rejecting && (
        <p className={classes.then}>
          <IconInfoCircle className="icon" aria-hidden />
          <span>{consequence}</span>
        </p>
      )}
      {run.error !== null && (
        <div className={classes.error}>
          <ErrorAlert error={run.error} />
        </div>
      )}
      <div className={classes.buttons}>
        {rejecting ? (
          <Button
            variant="filled"
            color="crit"
            loading={run.isPending}
            disabled={!isProof(proof) || reason.trim() === ''}
            onClick={() => act('reject')}
          >
            {t('sign.reject_now')}
          </Button>
        ) : (
          <>
            <Button variant="filled" loading={run.isPending} disabled={!isProof(proof)} onClick={() => act('sign')}>
              {t(`sign.do.${need.meaning}`)}
            </Button>
            <Button onClick={() => setRejecting(true)}>{t('sign.reject')}</Button>
          </>
        )}
        <span className="grow" />
        <Button variant="subtle" color="gray" onClick={rejecting ? () => setRejecting(false) : onClose}>
          {t('message.cancel')}
        </Button>
      </div>
    </>
  )
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

/** Everything that the hash covers, readable. */
function Content({ request }: { request: SignatureRequest }) {
  const content = (request.content as { content?: unknown } | undefined)?.content
  return (
    <table className={classes.content}>
      <tbody>
        {factsOf(content).map((fact, i) => (
          <tr key={i}>
            <th scope="row">{fact.name}</th>
            <td>{fact.value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
