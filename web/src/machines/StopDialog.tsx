import { NativeSelect, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useLanguage, useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { duration } from '../time/duration'
import { useNow } from '../time/now'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { wordFor } from '../status/vocabulary'
import { explains, groupsAt, lasted, proposed, reasonName, reasonsIn, reasonsQuery, type Stretch } from './machine'

const acts = ['explain', 'correct', 'split', 'merge'] as const
type Act = (typeof acts)[number]

const states = ['running', 'idle', 'blocked', 'starved', 'setup', 'planned_down', 'unplanned_down', 'unknown'] as const

interface Props {
  station: string
  stretch: Stretch
  /** The stretches around it, oldest first: what it can be merged with. */
  log: Stretch[]
  onClose: () => void
}

/** What a person can say of a stretch of the log: its reason, another state, a cut, or that it is one with the next. */
export function StopDialog({ station, stretch, log, onClose }: Props) {
  const t = useT()
  const me = useMe()
  const language = useLanguage()
  const reasons = useQuery(reasonsQuery).data ?? []
  const now = useNow()
  const may = acts.filter((act) => can(me, act === 'explain' ? 'stop.explain' : 'stop.correct'))
  const offered = may.filter((act) => act !== 'explain' || explains(stretch.state))
  const [act, setAct] = useState<Act | undefined>(offered[0])
  const [reason, setReason] = useState(stretch.reason || proposed(reasons, station, stretch.alarm)?.code || '')
  const [state, setState] = useState<string>(stretch.state)
  const [note, setNote] = useState(stretch.note ?? '')
  const [at, setAt] = useState('')
  const [last, setLast] = useState('')
  const [why, setWhy] = useState('')
  const send = useCommand(onClose)
  const fields = fieldErrors(send.error)
  const later = log.filter((s) => s.from > stretch.from)
  const path = `/machines/${encodeURIComponent(station)}/stops/${stretch.id}`
  const version = stretch.version
  const cut = cutTime(at, stretch)
  const bodies: Record<Act, { path: string; body: Record<string, unknown>; ready: boolean }> = {
    explain: { path: `${path}/reason`, body: { reason, note, version, why: why || undefined }, ready: reason !== '' },
    correct: { path: `${path}/correct`, body: { state, reason, note, version, why }, ready: why.trim() !== '' },
    split: { path: `${path}/split`, body: { at: cut?.toISOString(), version, why }, ready: !!cut && why.trim() !== '' },
    merge: {
      path: `${path}/merge`,
      body: { last: Number(last), version, why },
      ready: last !== '' && why.trim() !== '',
    },
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      size="lg"
      title={t('machines.stop.title', { station })}
      confirm={act ? t(`machines.stop.do.${act}`) : t('message.close')}
      busy={send.isPending}
      disabled={!act || !bodies[act].ready}
      error={send.error}
      onConfirm={() => act && send.mutate({ path: bodies[act].path, body: bodies[act].body })}
    >
      <Facts
        rows={[
          [t('machines.log.state'), <Status key="s" of="machine_state" state={stretch.state} />],
          [t('machines.log.from'), <Time key="f" value={stretch.from} form="full" />],
          [
            t('machines.log.until'),
            stretch.until ? <Time key="u" value={stretch.until} form="full" /> : t('machines.stop.lasts'),
          ],
          [t('machines.log.lasted'), duration(t, lasted(stretch, now))],
          [t('machines.fact.alarm'), stretch.alarm],
          [t('machines.fact.detail'), stretch.detail],
          [
            t('machines.fact.reason'),
            stretch.reason && `${reasonName(reasons, stretch.reason, language)}, ${stretch.reason_by}`,
          ],
        ]}
      />
      {offered.length > 1 && (
        <SegmentedControl
          aria-label={t('machines.stop.act')}
          data={offered.map((name) => ({ value: name, label: t(`machines.stop.act.${name}`) }))}
          value={act}
          onChange={(name) => setAct(name as Act)}
        />
      )}
      {act === 'correct' && (
        <NativeSelect
          label={t('machines.stop.state')}
          data={states.map((name) => ({
            value: name,
            label: t(wordFor('machine_state', name).key),
          }))}
          value={state}
          error={fields.state}
          onChange={(event) => setState(event.currentTarget.value)}
        />
      )}
      {(act === 'explain' || act === 'correct') && (
        <>
          <NativeSelect
            label={t('machines.stop.reason')}
            value={reason}
            error={fields.reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          >
            <option value="">{t('machines.stop.no_reason')}</option>
            {groupsAt(reasons, station).map((group) => (
              <optgroup key={group.code} label={reasonName(reasons, group.code, language)}>
                {reasonsIn(reasons, group.code, station).map((one) => (
                  <option key={one.code} value={one.code}>
                    {reasonName(reasons, one.code, language)}
                  </option>
                ))}
              </optgroup>
            ))}
          </NativeSelect>
          <TextInput
            label={t('machines.stop.note')}
            value={note}
            maxLength={500}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
        </>
      )}
      {act === 'split' && (
        <TextInput
          label={t('machines.stop.at')}
          description={t('machines.stop.at_hint')}
          type="number"
          min={1}
          value={at}
          error={fields.at}
          onChange={(event) => setAt(event.currentTarget.value)}
        />
      )}
      {act === 'merge' && (
        <NativeSelect
          label={t('machines.stop.last')}
          description={t('machines.stop.last_hint')}
          value={last}
          error={fields.last}
          onChange={(event) => setLast(event.currentTarget.value)}
        >
          <option value="">–</option>
          {later.map((s) => (
            <option key={s.id} value={s.id}>
              {t('machines.stop.one', {
                time: new Date(s.from).toLocaleTimeString(language),
                state: t(wordFor('machine_state', s.state).key),
              })}
            </option>
          ))}
        </NativeSelect>
      )}
      {act && (act !== 'explain' || (stretch.reason && stretch.reason !== reason)) && (
        <Textarea
          label={t('machines.stop.why')}
          description={t('machines.stop.why_hint')}
          value={why}
          maxLength={500}
          autosize
          minRows={2}
          error={fields.why}
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
      )}
    </ConfirmDialog>
  )
}

/** So many minutes after its beginning. */
function cutTime(minutes: string, stretch: Stretch): Date | undefined {
  const n = Number(minutes)
  return n > 0 ? new Date(new Date(stretch.from).getTime() + n * 60_000) : undefined
}
