import { Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useLanguage, useT } from '../i18n/i18n'
import {
  groupsAt,
  proposed,
  reasonName,
  reasonsIn,
  reasonsQuery,
  type Machine,
  type StopReason,
} from '../machines/machine'
import classes from '../machines/machines.module.css'
import { ErrorAlert } from '../message/ErrorAlert'

/** Why does it stand? Two touches: the group, then the reason; what the machine's alarm stands for is one touch away. */
export function StopReasonDialog({ machine, onClose }: { machine: Machine; onClose: () => void }) {
  const t = useT()
  const language = useLanguage()
  const query = useQuery(reasonsQuery)
  const reasons = query.data ?? []
  const [group, setGroup] = useState<string>()
  const send = useCommand(onClose)
  const at = encodeURIComponent(machine.station)
  const stands = machine.state === 'unplanned_down' && machine.stretch
  const say = (reason: StopReason) =>
    stands
      ? send.mutate({
          path: `/machines/${at}/stops/${machine.stretch}/reason`,
          body: {
            reason: reason.code,
            version: machine.version,
            why: machine.reason ? t('terminal.stop.changed') : undefined,
          },
        })
      : send.mutate({
          path: `/machines/${at}/state`,
          body: { state: stateOf(reason), reason: reason.code },
        })
  const offer = proposed(reasons, machine.station, machine.alarm)
  return (
    <Modal
      opened
      fullScreen
      onClose={onClose}
      title={t(stands ? 'terminal.stop.title' : 'terminal.stop.report', { station: machine.station })}
      closeButtonProps={{ 'aria-label': t('message.close') }}
    >
      {send.isError && <ErrorAlert error={send.error} />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      <div className={classes.grid}>
        {!group && offer && (
          <button type="button" data-proposed disabled={send.isPending} onClick={() => say(offer)}>
            {t('terminal.stop.proposed', {
              reason: reasonName(reasons, offer.code, language),
              alarm: `${machine.alarm} ${machine.alarm_text ?? ''}`.trim(),
            })}
          </button>
        )}
        {!group &&
          groupsAt(reasons, machine.station).map((one) => (
            <button key={one.code} type="button" onClick={() => setGroup(one.code)}>
              {reasonName(reasons, one.code, language)} …
            </button>
          ))}
        {group &&
          reasonsIn(reasons, group, machine.station).map((one) => (
            <button key={one.code} type="button" disabled={send.isPending} onClick={() => say(one)}>
              {reasonName(reasons, one.code, language)}
            </button>
          ))}
        {group && (
          <button type="button" onClick={() => setGroup(undefined)}>
            {t('terminal.stop.back')}
          </button>
        )}
      </div>
    </Modal>
  )
}

const stateOf = (reason: StopReason) =>
  ({ planned: 'planned_down', setup: 'setup', unplanned: 'unplanned_down' })[reason.category]
