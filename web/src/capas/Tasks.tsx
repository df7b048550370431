import { Anchor, Button, Table } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { address } from '../api/http'
import { useT } from '../i18n/i18n'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { ended, isDone, path, type Capa, type D, type Task } from './capa'
import classes from './capas.module.css'
import { Due } from './Due'
import { AddTask, ChangeTask, DropTask, ReportTask } from './TaskDialogs'

/** The tasks of a discipline. Actions against the causes are chosen in D5 and carried out in D6, so D5 names them too. */
export function Tasks({ capa, d }: { capa: Capa; d: D }) {
  const t = useT()
  const tasks = capa.tasks.filter((task) => task.d === (d === 5 ? 6 : d))
  const planning = capa.state === 'open' && !isDone(capa, 5)
  if (tasks.length === 0) return null
  return (
    <Table aria-label={t('capas.tasks_of', { d: `D${d}` })} className={classes.small}>
      <Table.Tbody>
        {tasks.map((task) => (
          <TaskRow key={task.id} capa={capa} task={task} bare={d === 5 ? !planning : d === 6 && planning} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

/** Gives somebody a task of the discipline, where it still takes one. */
export function NewTask({ capa, d }: { capa: Capa; d: D }) {
  const t = useT()
  const [adding, setAdding] = useState(false)
  const takes =
    d === 5
      ? capa.state === 'open' && !isDone(capa, 5)
      : d !== 6 && d !== 8 && !isDone(capa, d) && capa.state !== 'closure_signing'
  if (!takes) return null
  const label = t(d === 5 ? 'capas.add_action' : 'capas.add_task')
  return (
    <>
      <Button
        size="compact-sm"
        leftSection={<IconPlus className="icon" aria-hidden />}
        onClick={() => setAdding(true)}
        aria-label={t('capas.task_d', { what: label, d: `D${d}` })}
      >
        {label}
      </Button>
      {adding && <AddTask capa={capa} d={d === 5 ? 6 : d} onClose={() => setAdding(false)} />}
    </>
  )
}

function TaskRow({ capa, task, bare }: { capa: Capa; task: Task; bare: boolean }) {
  const t = useT()
  return (
    <Table.Tr>
      <Table.Th scope="row">
        {task.title}
        {task.against && <small>{t(`capas.against.${task.against as 'escape'}`)}</small>}
        {!bare && <Said task={task} />}
        {!bare && task.evidence.length > 0 && (
          <small>
            {task.evidence.map((file) => (
              <Anchor key={file.hash} href={address(`${path}/${capa.id}/evidence/${file.hash}`, {})} download>
                {file.name || file.hash.slice(0, 8)}
              </Anchor>
            ))}
          </small>
        )}
      </Table.Th>
      <Table.Td>
        <span className="id">{task.owner}</span>
      </Table.Td>
      {!bare && (
        <Table.Td>
          <Status of="capa_task" state={task.state} size="label" />
          <small>
            {task.state === 'open' ? (
              <Due at={task.due_at} size="label" />
            ) : (
              <Time value={task.verified_at ?? task.done_at} form="date" />
            )}
          </small>
          <TaskActions capa={capa} task={task} />
        </Table.Td>
      )}
    </Table.Tr>
  )
}

/** What was done and what the second person saw. */
function Said({ task }: { task: Task }) {
  const t = useT()
  return (
    <>
      {task.note && <small>{task.done_by ? `${task.done_by}: ${task.note}` : task.note}</small>}
      {task.verification && (
        <small>{t('capas.verified_by', { user: task.verified_by || '–', text: task.verification })}</small>
      )}
    </>
  )
}

function TaskActions({ capa, task }: { capa: Capa; task: Task }) {
  const t = useT()
  const me = useMe()
  const [dialog, setDialog] = useState<'done' | 'verify' | 'change' | 'drop'>()
  if (ended(capa.state) || isDone(capa, task.d)) return null
  const action = task.d === 6
  const mine = task.owner === me.id || capa.owner === me.id
  const work = can(me, 'capa.work')
  const button = (name: 'done' | 'verify' | 'change' | 'drop', on: boolean) =>
    on && (
      <Button
        size="compact-sm"
        onClick={() => setDialog(name)}
        aria-label={`${t(`capas.task.${name}`)}: ${task.title}`}
      >
        {t(`capas.task.${name}`)}
      </Button>
    )
  const close = () => setDialog(undefined)
  return (
    <>
      <span className="row">
        {button(
          'done',
          task.state === 'open' && mine && can(me, 'capa.report') && (!action || capa.state === 'implementing'),
        )}
        {button('verify', task.state === 'done' && action && work && task.done_by !== me.id && task.owner !== me.id)}
        {button('change', task.state === 'open' && work)}
        {button('drop', task.state === 'open' && work && (!action || capa.state === 'open'))}
      </span>
      {dialog === 'done' && <ReportTask capa={capa} task={task} verify={false} onClose={close} />}
      {dialog === 'verify' && <ReportTask capa={capa} task={task} verify onClose={close} />}
      {dialog === 'change' && <ChangeTask capa={capa} task={task} onClose={close} />}
      {dialog === 'drop' && <DropTask capa={capa} task={task} onClose={close} />}
    </>
  )
}
