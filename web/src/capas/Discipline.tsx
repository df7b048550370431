import { Button } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconMoon, IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Note } from '../status/Status'
import { useNow } from '../time/now'
import { Time } from '../time/Time'
import { dueOf, ended, isDone, nodeOf, path, type Capa, type D } from './capa'
import classes from './capas.module.css'
import { Content } from './Content'
import { EditDiscipline } from './EditDiscipline'
import { MoveDue } from './MoveDue'
import { ReasonDialog } from './ReasonDialog'
import { NewTask, Tasks } from './Tasks'

/** One of the eight: what it says, its tasks, and what can be done with it now. */
export function Discipline({ capa, d }: { capa: Capa; d: D }) {
  const t = useT()
  return (
    <section id={`d${d}`} aria-labelledby={`title-d${d}`} className={classes.discipline}>
      <span className={classes.number}>{`D${d}`}</span>
      <div>
        <h2 id={`title-d${d}`}>{t(`capas.d.${d}`)}</h2>
        <Content capa={capa} d={d} />
        <Tasks capa={capa} d={d} />
        <Actions capa={capa} d={d} />
      </div>
      <Standing capa={capa} d={d} />
    </section>
  )
}

/** When it was completed, or when it is due. */
function Standing({ capa, d }: { capa: Capa; d: D }) {
  const t = useT()
  const node = nodeOf(capa, d, useNow())
  const done = capa.record.done[String(d)]
  const due = dueOf(capa, d)
  return (
    <div className={classes.standing}>
      {done && (
        <Note tone="plain" icon={IconCheck} size="body">
          <Time value={done.at} form="date" />
        </Note>
      )}
      {node === 'late' && (
        <Note tone="warn" icon={IconAlertTriangle} size="body">
          {t('capas.is_late')}
        </Note>
      )}
      {node === 'sleeps' && (
        <Note tone="plain" icon={IconMoon} size="body">
          {t('capas.sleeps')}
        </Note>
      )}
      <small>
        {done && <span className="id">{done.by} </span>}
        {due && (
          <>
            {t('capas.due')} <Time value={due} form="date" />
          </>
        )}
      </small>
    </div>
  )
}

/** What is still missing, and the buttons. The button that leads on is filled, and says why it can't be used. */
function Actions({ capa, d }: { capa: Capa; d: D }) {
  const t = useT()
  const me = useMe()
  const [dialog, setDialog] = useState<'edit' | 'reopen' | 'due'>()
  const complete = useCommand()
  const done = isDone(capa, d)
  const missing = capa.missing[String(d)] ?? []
  if (ended(capa.state)) return null
  const signing = capa.state.endsWith('_signing')
  const frozen = capa.state === 'closure_signing' || (capa.state === 'plan_signing' && d <= 5)
  const reopen = done && !frozen && (d === 7 ? !signing : capa.state === 'open' || capa.state === 'implementing')
  const may = can(me, 'capa.work')
  const next = nodeOf(capa, d, 0) === 'now'
  return (
    <>
      {!done && next && missing.length > 0 && (
        <details className={classes.missing}>
          <summary>{t('capas.missing', { count: missing.length })}</summary>
          <ul>
            {missing.map((fault, i) => (
              <li key={i}>
                <b>{fault.field}</b> {fault.message}
              </li>
            ))}
          </ul>
        </details>
      )}
      {complete.error !== null && <ErrorAlert error={complete.error} />}
      {may && !frozen && (
        <div className="row">
          {!done && (
            <Button
              size="compact-sm"
              leftSection={<IconPencil className="icon" aria-hidden />}
              onClick={() => setDialog('edit')}
              aria-label={t('capas.write_d', { d: `D${d}` })}
            >
              {t('capas.write')}
            </Button>
          )}
          <NewTask capa={capa} d={d} />
          {!done && next && missing.length === 0 && (
            <Button
              size="compact-sm"
              variant="filled"
              loading={complete.isPending}
              onClick={() =>
                complete.mutate({ path: `${path}/${capa.id}/disciplines/${d}/complete`, body: { seen: capa.version } })
              }
            >
              {t(
                d === 5
                  ? 'capas.complete_plan'
                  : d === 6
                    ? 'capas.complete_watch'
                    : d === 8
                      ? 'capas.complete_close'
                      : 'capas.complete',
                {
                  d: `D${d}`,
                },
              )}
            </Button>
          )}
          {!done && next && (
            <Button size="compact-sm" onClick={() => setDialog('due')}>
              {t('capas.move_due')}
            </Button>
          )}
          {reopen && (
            <Button
              size="compact-sm"
              onClick={() => setDialog('reopen')}
              aria-label={t('capas.reopen_d', { d: `D${d}` })}
            >
              {t('capas.reopen')}
            </Button>
          )}
        </div>
      )}
      {dialog === 'edit' && <EditDiscipline capa={capa} d={d} onClose={() => setDialog(undefined)} />}
      {dialog === 'due' && <MoveDue capa={capa} d={d} onClose={() => setDialog(undefined)} />}
      {dialog === 'reopen' && (
        <ReasonDialog
          title={t('capas.reopen_title', { d: `D${d}` })}
          confirm={t('capas.reopen')}
          path={`${path}/${capa.id}/disciplines/${d}/reopen`}
          onClose={() => setDialog(undefined)}
        />
      )}
    </>
  )
}
