import { Button } from '@mantine/core'
import { IconPencil, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useLanguage, useT } from '../i18n/i18n'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { duration } from '../time/duration'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { Quantity } from '../value/Quantity'
import { codeName, codesQuery, writable, type Job } from './maintenance'
import classes from './maintenance.module.css'
import { FindingsDialog, PartDialog, TimeDialog } from './WorkDialogs'

type Dialog = 'findings' | 'part' | 'time'

/** What was found and done: cause and remedy, tests, parts, time. */
export function WorkRecord({ job }: { job: Job }) {
  const t = useT()
  const me = useMe()
  const language = useLanguage()
  const codes = useQuery(codesQuery)
  const [dialog, setDialog] = useState<Dialog>()
  const r = job.record
  const may = can(me, 'maintenance.work') && writable(job.state)
  const add = (name: Dialog) =>
    may && (
      <Button
        size="md"
        leftSection={
          name === 'findings' ? <IconPencil className="icon" aria-hidden /> : <IconPlus className="icon" aria-hidden />
        }
        onClick={() => setDialog(name)}
      >
        {t(`maintenance.${name}_add`)}
      </Button>
    )
  const name = (tree: string, id?: string) => id && codeName(codes.data?.items ?? [], tree, id, language)
  return (
    <>
      <Part id="findings" title={t('maintenance.findings')} action={add('findings')}>
        {r.found || r.cause || r.remedy ? (
          <Facts
            rows={[
              [t('maintenance.field.found'), r.found],
              [t('maintenance.field.cause'), name('cause', r.cause)],
              [t('maintenance.field.remedy'), name('remedy', r.remedy)],
            ]}
          />
        ) : (
          <p className="label">{t('maintenance.none_written')}</p>
        )}
      </Part>
      <Part id="tests" title={t('maintenance.tests')}>
        {r.tests.length === 0 && <p className="label">{t('maintenance.no_tests')}</p>}
        <ul className={classes.entries}>
          {r.tests.map((test) => (
            <li key={test.at}>
              <Status of="verdict" state={test.passed ? 'pass' : 'fail'} /> {test.note}
              <small>
                <span className="id">{test.by}</span>, <Time value={test.at} />
              </small>
            </li>
          ))}
        </ul>
      </Part>
      <Part id="parts" title={t('maintenance.parts')} action={add('part')}>
        {r.parts.length === 0 && <p className="label">{t('maintenance.no_parts')}</p>}
        <ul className={classes.entries}>
          {r.parts.map((part) => (
            <li key={part.at}>
              <Quantity value={part.quantity} unit={part.unit ?? ''} />{' '}
              {part.lot ? (
                <>
                  <span className="id">{part.lot}</span> {part.material}
                </>
              ) : (
                part.text
              )}
              <small>
                {part.cost && `${t('maintenance.field.cost')} ${part.cost}, `}
                <span className="id">{part.by}</span>, <Time value={part.at} />
              </small>
            </li>
          ))}
        </ul>
      </Part>
      <Part id="labour" title={t('maintenance.labour')} action={add('time')}>
        {r.labour.length === 0 && <p className="label">{t('maintenance.no_labour')}</p>}
        <ul className={classes.entries}>
          {r.labour.map((l) => (
            <li key={l.at}>
              <span className="id">{l.person}</span> {duration(t, l.minutes * 60_000)} {l.note}
              <small>
                <Time value={l.at} />
              </small>
            </li>
          ))}
        </ul>
      </Part>
      {dialog === 'findings' && (
        <FindingsDialog job={job} codes={codes.data?.items ?? []} onClose={() => setDialog(undefined)} />
      )}
      {dialog === 'part' && <PartDialog job={job} onClose={() => setDialog(undefined)} />}
      {dialog === 'time' && <TimeDialog job={job} onClose={() => setDialog(undefined)} />}
    </>
  )
}

function Part({ id, title, action, children }: { id: string; title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section aria-labelledby={id} className={classes.side}>
      <div className={classes.title}>
        <h2 id={id}>{title}</h2>
        {action}
      </div>
      {children}
    </section>
  )
}
