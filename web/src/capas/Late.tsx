import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { can, useMe } from '../session/session'
import { useNow } from '../time/now'
import { Time } from '../time/Time'
import type { Capa } from './capa'
import classes from './capas.module.css'
import { MoveDue } from './MoveDue'
import { ChangeTask } from './TaskDialogs'

const day = 24 * 60 * 60 * 1000
/** The manager is told so long after the due date (mes/capadue.go). */
const escalation = 3 * day

/** What is most overdue, since when, whose it is, and when it goes to the manager. */
export function Late({ capa }: { capa: Capa }) {
  const t = useT()
  const me = useMe()
  const now = useNow()
  const [moving, setMoving] = useState(false)
  if (!capa.late) return null
  const { subject, due_at: due } = capa.late
  const task = capa.tasks.find((one) => one.id === subject)
  const d = task ? undefined : Number(subject.slice(1))
  const days = Math.floor((now - Date.parse(due)) / day)
  const goes = new Date(Date.parse(due) + escalation).toISOString()
  const owner = (task ? task.owner : capa.owner) || t('capas.nobody')
  return (
    <div className={classes.late} role="status">
      <IconAlertTriangle className="icon" aria-hidden />
      <span className="grow">
        <b>
          {task ? `${task.id}, ${task.title}` : `${subject} ${t(`capas.d.${d as 1}`)}`}:{' '}
          {days < 1 ? t('capas.late_today') : t('capas.late', { count: days })}
        </b>{' '}
        {t('capas.late_owner', { user: owner })} <Time value={due} />.{' '}
        {Date.parse(goes) > now ? t('capas.goes_to') : t('capas.went_to')} {capa.manager || t('app.role.quality')}{' '}
        <Time value={goes} />.
      </span>
      {can(me, 'capa.work') && <Button onClick={() => setMoving(true)}>{t('capas.move_due')}</Button>}
      {moving && task && <ChangeTask capa={capa} task={task} onClose={() => setMoving(false)} />}
      {moving && d !== undefined && <MoveDue capa={capa} d={d} onClose={() => setMoving(false)} />}
    </div>
  )
}
