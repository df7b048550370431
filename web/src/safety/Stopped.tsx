import { Button, TextInput } from '@mantine/core'
import { IconHandStop } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { can, useMe } from '../session/session'
import { Time } from '../time/Time'
import { stopsQuery, type Stop } from './safety'
import classes from './safety.module.css'

/** The stations that are stopped now, each with why and the way out. */
export function Stopped() {
  const t = useT()
  const me = useMe()
  const query = useQuery(stopsQuery)
  const [lifting, setLifting] = useState<Stop>()
  const stops = query.data ?? []
  if (stops.length === 0) return null
  return (
    <section className={classes.stops} aria-label={t('safety.stops')}>
      {stops.map((stop) => (
        <div key={stop.id} className={classes.stop} data-station={stop.station}>
          <IconHandStop className="icon" aria-hidden />
          <p>
            <b>
              {t('safety.stopped')}{' '}
              <Link to="/stations/$station" params={{ station: stop.station }} className="id">
                {stop.station}
              </Link>
            </b>
            <span>{stop.reason}</span>
            <small>
              {stop.placed_by}, <Time value={stop.placed_at} />
            </small>
          </p>
          {can(me, 'station.lift') && <Button onClick={() => setLifting(stop)}>{t('safety.lift')}</Button>}
        </div>
      ))}
      {lifting && <StopDialog station={lifting.station} act="lift" onClose={() => setLifting(undefined)} />}
    </section>
  )
}

/** Stops a station or lifts its stop, with a reason. */
export function StopDialog({ station, act, onClose }: { station: string; act: 'stop' | 'lift'; onClose: () => void }) {
  const t = useT()
  const [reason, setReason] = useState('')
  const run = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t(`safety.${act}_title`, { station })}
      confirm={t(`safety.${act}_confirm`, { station })}
      tone={act === 'stop' ? 'crit' : 'act'}
      busy={run.isPending}
      disabled={reason.trim() === ''}
      error={run.error}
      onConfirm={() =>
        run.mutate({ path: `/stations/${encodeURIComponent(station)}/${act}`, body: { reason: reason.trim() } })
      }
    >
      <p>{t(`safety.${act}_text`)}</p>
      <TextInput
        label={t('orders.reason')}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-autofocus
      />
    </ConfirmDialog>
  )
}
