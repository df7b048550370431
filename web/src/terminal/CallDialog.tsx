import { Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Call } from '../calls/call'
import { callsHereQuery, kindName, mayAnswer, planQuery } from '../calls/call'
import { useCommand } from '../command/useCommand'
import { useOutbox } from '../command/OutboxProvider'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { useMe } from '../session/session'
import { duration } from '../time/duration'
import { useNow } from '../time/now'
import classes from './terminal.module.css'

/** Second touch of "call": what for. What calls already stands above, with who is coming. */
export function CallDialog({ station, line, onClose }: { station: string; line?: string; onClose: () => void }) {
  const t = useT()
  const plan = useQuery(planQuery)
  const open = useQuery(callsHereQuery(station))
  const { add } = useOutbox()
  const kinds = new Map(
    (plan.data?.kinds ?? [])
      .filter((k) => !k.line || k.line === line)
      .map((k) => [k.kind, kindName(k.kind, k.name)] as const),
  )
  const calling = new Set((open.data ?? []).map((c) => c.kind))
  const raise = (kind: string, name: string) => {
    // Kept here and sent once, as every entry of a terminal: a call must not be lost with the connection.
    add({
      method: 'POST',
      path: '/calls',
      about: station,
      body: { station, kind },
      label: t('terminal.call.entry', { station, kind: name }),
    })
    onClose()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      size={1000}
      title={t('terminal.call.title', { station })}
      closeButtonProps={{ 'aria-label': t('message.close') }}
    >
      {(open.data ?? []).map((call) => (
        <Here key={call.id} call={call} />
      ))}
      <div className={classes.choices}>
        {[...kinds].map(([kind, name]) => (
          <button key={kind} type="button" disabled={calling.has(kind)} onClick={() => raise(kind, name)}>
            {name}
          </button>
        ))}
      </div>
      {plan.isError && <ErrorAlert error={plan.error} onRetry={() => void plan.refetch()} />}
    </Modal>
  )
}

/** One open call of this station: one touch says that one comes, or that it is over. */
function Here({ call }: { call: Call }) {
  const t = useT()
  const me = useMe()
  const now = useNow()
  const command = useCommand()
  const mine = call.raised_by === me.id || call.acknowledged_by === me.id
  const time = duration(t, now - new Date(call.open_at).getTime())
  return (
    <div className={classes.cards}>
      <p>
        <b>{kindName(call.kind, call.kind_name)}</b>{' '}
        {call.acknowledged_by
          ? t('terminal.call.coming', { who: call.acknowledged_by, time })
          : t('terminal.call.nobody', { time })}
      </p>
      <div className={classes.choices}>
        {call.state === 'open' && mayAnswer(me, call) && (
          <button type="button" onClick={() => command.mutate({ path: `/calls/${call.id}/acknowledge` })}>
            {t('calls.acknowledge')}
          </button>
        )}
        {(mayAnswer(me, call) || mine) && (
          <button type="button" onClick={() => command.mutate({ path: `/calls/${call.id}/resolve`, body: {} })}>
            {t('calls.resolve')}
          </button>
        )}
      </div>
      {command.isError && <ErrorAlert error={command.error} />}
    </div>
  )
}
