import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Time } from '../time/Time'
import { Id } from '../value/Quantity'
import { runningQuery } from './labour'
import classes from './labour.module.css'

/** Who is clocked on at a station. Helpers come and go by their badge; whoever started the lot is on it already. */
export function WorkersHere({ station, lot }: { station: string; lot?: string }) {
  const t = useT()
  const may = can(useMe(), 'labour.clock')
  const query = useQuery({ ...runningQuery(station), enabled: may })
  const [badge, setBadge] = useState('')
  const clock = useCommand(() => setBadge(''))
  if (!may) return null
  const people = query.data?.items ?? []
  const send = (verb: 'on' | 'off') =>
    clock.mutate({ path: `/labour/clock-${verb}`, body: { lot, badge: badge.trim() } })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (lot && badge.trim()) send('on')
  }
  const errors = fieldErrors(clock.error)
  return (
    <section className={classes.here} aria-label={t('labour.here')}>
      <h3>{t('labour.here')}</h3>
      {people.length === 0 && <p className="label">{t('labour.here_none')}</p>}
      <ul>
        {people.map((p) => (
          <li key={`${p.account}/${p.lot ?? ''}`}>
            {p.name} <Id>{p.lot ?? ''}</Id> {t('labour.since')} <Time value={p.from} form="clock" />
          </li>
        ))}
      </ul>
      {lot && (
        <form onSubmit={submit} className={classes.badge}>
          <TextInput
            label={t('labour.badge')}
            description={t('labour.badge_help', { lot })}
            value={badge}
            maxLength={100}
            autoComplete="off"
            onChange={(event) => setBadge(event.currentTarget.value)}
            error={errors.badge}
          />
          <Button type="submit" loading={clock.isPending} disabled={!badge.trim()}>
            {t('labour.clock_on')}
          </Button>
          <Button disabled={!badge.trim() || clock.isPending} onClick={() => send('off')}>
            {t('labour.clock_off')}
          </Button>
        </form>
      )}
      {clock.isError && <ErrorAlert error={clock.error} />}
    </section>
  )
}
