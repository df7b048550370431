import { Button, Modal, Stack, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { SignaturePanel } from '../sign/SignaturePanel'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { path, permitQuery, type Permit } from './permit'

/** One permit with its signatures, what was used of it, and its end. */
export function PermitDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT()
  const query = useQuery(permitQuery(id))
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('permits.one', { id })}
      closeButtonProps={{ 'aria-label': t('message.close') }}
    >
      {query.isPending && <Rows count={4} />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Detail permit={query.data} />}
    </Modal>
  )
}

function Detail({ permit: p }: { permit: Permit }) {
  const t = useT()
  const me = useMe()
  return (
    <Stack gap="md">
      <div>
        <Status of="permit" state={p.state} variant="tag" />
      </div>
      <Facts
        rows={[
          [t('permits.field.allows'), p.allows],
          [
            t('permits.field.product'),
            <span key="p" className="id">
              {p.product}
            </span>,
          ],
          [t('permits.field.code'), p.code],
          [t('permits.field.operation'), p.operation],
          [t('permits.field.characteristic'), p.characteristic],
          [t('permits.field.lots'), (p.lots ?? []).join(', ')],
          [t('permits.column.used'), p.quantity ? t('permits.used_of', { used: p.used, of: p.quantity }) : p.used],
          [t('permits.field.until'), <Time key="u" value={p.valid_until} form="full" />],
          [t('permits.field.reason'), p.reason],
          [t('permits.field.ended'), p.end_reason && `${p.end_reason} (${p.ended_by ?? ''})`],
        ]}
      />
      {(p.uses ?? []).length > 0 && (
        <section>
          <h3>{t('permits.uses')}</h3>
          <ul>
            {p.uses!.map((u, i) => (
              <li key={i}>
                <span className="id">{u.lot}</span>: {u.quantity},{' '}
                {u.noun === 'nonconformance' ? (
                  <Link to="/nonconformances/$id" params={{ id: u.subject }}>
                    {u.subject}
                  </Link>
                ) : (
                  u.subject
                )}
                , <Time value={u.at} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <SignaturePanel noun="deviation_permit" id={p.id} consequence={t('permits.then')} />
      {can(me, 'permit.ask') && (p.state === 'requested' || p.state === 'approved') && <Withdraw permit={p} />}
    </Stack>
  )
}

function Withdraw({ permit }: { permit: Permit }) {
  const t = useT()
  const [reason, setReason] = useState('')
  const run = useCommand()
  const errors = fieldErrors(run.error)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (reason.trim().length >= 3)
          run.mutate({ path: `${path}/${permit.id}/withdraw`, body: { reason: reason.trim() } })
      }}
    >
      <TextInput
        mt="md"
        label={t('permits.withdraw.reason')}
        value={reason}
        error={errors.reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {run.error && <ErrorAlert error={run.error} />}
      <Button mt="sm" type="submit" disabled={reason.trim().length < 3} loading={run.isPending}>
        {t('permits.withdraw.confirm')}
      </Button>
    </form>
  )
}
