import { Button, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Time } from '../time/Time'
import { ncPath, type Nonconformance } from './nonconformance'
import classes from './nonconformances.module.css'

/** How it came to this, newest last, with the notes that people leave. */
export function Timeline({ nc }: { nc: Nonconformance }) {
  const t = useT()
  const me = useMe()
  const [text, setText] = useState('')
  const note = useCommand(() => setText(''))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (text.trim()) note.mutate({ path: `${ncPath(nc.id)}/notes`, body: { text: text.trim() } })
  }
  return (
    <section aria-labelledby="nc-timeline" className={classes.side}>
      <h2 id="nc-timeline">{t('nonconformances.timeline.title')}</h2>
      <ol className={classes.timeline}>
        {(nc.events ?? []).map((e) => (
          <li key={e.id}>
            <b>{t(`nonconformances.event.${e.kind as EventKind}`)}</b>
            <small>
              {e.actor}, <Time value={e.at} />
            </small>
            {e.text && <p>{e.text}</p>}
          </li>
        ))}
      </ol>
      {can(me, 'nonconformance.open') && (
        <form onSubmit={submit} className={classes.note}>
          <Textarea
            label={t('nonconformances.timeline.note')}
            value={text}
            autosize
            minRows={2}
            maxLength={2000}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {note.error && <ErrorAlert error={note.error} />}
          <Button type="submit" disabled={text.trim() === ''} loading={note.isPending}>
            {t('nonconformances.timeline.add')}
          </Button>
        </form>
      )}
    </section>
  )
}

type EventKind =
  | 'opened'
  | 'lots_added'
  | 'picture'
  | 'note'
  | 'changed'
  | 'proposed'
  | 'rejected'
  | 'withdrawn'
  | 'decided'
  | 'closed'
  | 'cancelled'
  | 'cost'
