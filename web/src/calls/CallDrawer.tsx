import { ActionIcon, Button, Textarea } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useT, type Key } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ErrorAlert } from '../message/ErrorAlert'
import split from '../orders/orders.module.css'
import { useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { callQuery, kindName, mayAnswer, type CallView } from './call'
import { Took } from './CallsPage'
import classes from './calls.module.css'

/** One call beside the list: who comes, what happens next, what happened. */
export function CallDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT()
  const query = useQuery(callQuery(id))
  return (
    <aside className={split.drawer} aria-labelledby="drawer-title">
      <header>
        <h2 id="drawer-title" className="id">
          {id}
        </h2>
        {query.data && <Status of="call" state={query.data.state} />}
        <span className="grow" />
        <ActionIcon onClick={onClose} aria-label={t('message.close')}>
          <IconX className="icon" />
        </ActionIcon>
      </header>
      {query.isPending && <Rows count={6} />}
      {query.isError && !query.data && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Detail call={query.data} />}
    </aside>
  )
}

function Detail({ call }: { call: CallView }) {
  const t = useT()
  const next = call.next_step
  return (
    <>
      <p>
        <b className="id">{call.station}</b> {kindName(call.kind, call.kind_name)}
        {call.text && <>: {call.text}</>}
      </p>
      <dl className={classes.facts}>
        <dt>{t('calls.column.raised')}</dt>
        <dd>
          <Time value={call.open_at} form="full" /> {call.raised_by}
        </dd>
        <dt>{t('calls.column.response')}</dt>
        <dd>
          <Took call={call} what="response" /> {call.acknowledged_by}
        </dd>
        <dt>{t('calls.column.length')}</dt>
        <dd>
          <Took call={call} what="length" />
        </dd>
        {next && (
          <>
            <dt>{t('calls.next')}</dt>
            <dd>
              {t('calls.next_step', { role: next.role })} <Time value={next.at} form="seconds" />
            </dd>
          </>
        )}
      </dl>
      <Answer call={call} />
      <h3>{t('calls.story')}</h3>
      <Story call={call} />
    </>
  )
}

/** One touch says that one comes; ending it says what was done. */
function Answer({ call }: { call: CallView }) {
  const t = useT()
  const me = useMe()
  const [note, setNote] = useState('')
  const command = useCommand(() => setNote(''))
  const mine = call.raised_by === me.id || call.acknowledged_by === me.id
  if (call.state !== 'open' && call.state !== 'acknowledged') return null
  if (!mayAnswer(me, call) && !mine) return null
  const give = (verb: string, body?: unknown) => command.mutate({ path: `/calls/${call.id}/${verb}`, body })
  return (
    <section className={classes.answer}>
      {call.state === 'open' && mayAnswer(me, call) && (
        <Button variant="filled" size="md" onClick={() => give('acknowledge')} loading={command.isPending}>
          {t('calls.acknowledge')}
        </Button>
      )}
      <Textarea
        label={t('calls.note')}
        maxLength={300}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div className={classes.buttons}>
        <Button
          variant={call.state === 'acknowledged' ? 'filled' : 'default'}
          onClick={() => give('resolve', { note })}
          loading={command.isPending}
        >
          {t('calls.resolve')}
        </Button>
        <Button onClick={() => give('cancel', { reason: note })} loading={command.isPending}>
          {t('calls.cancel')}
        </Button>
      </div>
      {command.isError && <ErrorAlert error={command.error} />}
    </section>
  )
}

const events: Record<string, Key> = {
  raised: 'calls.event.raised',
  opened: 'calls.event.opened',
  escalated: 'calls.event.escalated',
  acknowledged: 'calls.event.acknowledged',
  resolved: 'calls.event.resolved',
  cancelled: 'calls.event.cancelled',
  again: 'calls.event.again',
  recovered: 'calls.event.recovered',
}

function Story({ call }: { call: CallView }) {
  const t = useT()
  return (
    <ol className={classes.story}>
      {(call.events ?? []).map((e, i) => {
        const key = events[e.kind]
        return (
          <li key={i} data-kind={e.kind}>
            <Time value={e.at} form="seconds" />
            <div>
              <b>{key ? t(key, { role: e.role ?? '' }) : e.kind}</b>
              <small>
                {[e.actor, (e.by ?? []).map((by) => t(`calls.by.${by}`)).join(', '), e.text]
                  .filter(Boolean)
                  .join(' · ')}
              </small>
            </div>
          </li>
        )
      })}
    </ol>
  )
}
