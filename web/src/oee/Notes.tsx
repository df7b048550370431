import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useLanguage, useT } from '../i18n/i18n'
import { can, useMe } from '../session/session'
import { Time } from '../time/Time'
import { minutes, percent, rounded, secondsOf, type Category, type Loss, type Report } from './figure'
import classes from './oee.module.css'
import { useLossWord } from './words'

/** How it was counted: what the clock sums up to, what became known late, and what to do about the dearest fault. */
export function Notes({ report, onOpen }: { report: Report; onOpen: (loss: Loss) => void }) {
  const t = useT()
  return (
    <section className={classes.notes} aria-label={t('oee.notes')}>
      <Clock report={report} />
      <Restated report={report} />
      <Todo report={report} onOpen={onOpen} />
    </section>
  )
}

/** The parts of the clock in the order of the sentence; production and short stops are one. */
const parts: Category[] = [
  'off',
  'unwatched',
  'break',
  'planned_down',
  'running',
  'unplanned_down',
  'setup',
  'blocked',
  'starved',
  'idle',
]

function Clock({ report }: { report: Report }) {
  const t = useT()
  const language = useLanguage()
  const all = (report.times ?? []).reduce((sum, time) => sum + Number(time.seconds), 0)
  const said = parts
    .map((part) => ({
      part,
      seconds: secondsOf(report, part) + (part === 'running' ? secondsOf(report, 'short_stop') : 0),
    }))
    .filter(({ seconds }) => seconds > 0)
    .map(({ part, seconds }) => t(`oee.clock.${part}` as 'oee.clock.off', { n: minutes(seconds, language) }))
  const outside = Number(report.counts.outside)
  return (
    <div>
      <h3>{t('oee.clock.title')}</h3>
      <p>
        {t('oee.clock.sum', { n: minutes(all, language), parts: said.join(' + ') || '0.0' })}{' '}
        {t('oee.clock.unknown', { n: minutes(secondsOf(report, 'unknown'), language) })}
        {outside > 0 && ` ${t('oee.clock.outside', { n: rounded(outside, language, 0) })}`}
      </p>
    </div>
  )
}

function Restated({ report }: { report: Report }) {
  const t = useT()
  const language = useLanguage()
  const [former, setFormer] = useState(false)
  const versions = report.versions ?? []
  const last = versions.at(-1)
  const before = versions.at(-2)
  return (
    <div>
      <h3>{t('oee.restated')}</h3>
      {last && before ? (
        <>
          <p>
            <Time value={last.at} />: {last.cause}{' '}
            {last.good !== before.good &&
              t('oee.restated.good', {
                before: rounded(Number(before.good), language, 0),
                after: rounded(Number(last.good), language, 0),
              })}{' '}
            {t('oee.restated.oee', {
              before: percent(before.figures.oee, language) ?? t('oee.not_defined'),
              after: percent(last.figures.oee, language) ?? t('oee.not_defined'),
            })}{' '}
            <Anchor
              component="button"
              type="button"
              underline="always"
              aria-expanded={former}
              onClick={() => setFormer(!former)}
            >
              {t('oee.restated.former')}
            </Anchor>
          </p>
          {former && (
            <ol className={classes.versions} reversed>
              {versions.toReversed().map((version) => (
                <li key={version.version}>
                  <Time value={version.at} />:{' '}
                  {t('oee.restated.version', {
                    oee: percent(version.figures.oee, language) ?? t('oee.not_defined'),
                    good: rounded(Number(version.good), language, 0),
                    made: rounded(Number(version.made), language, 0),
                  })}{' '}
                  {version.cause || t('oee.restated.first')}
                </li>
              ))}
            </ol>
          )}
        </>
      ) : (
        <p>{t(report.live ? 'oee.restated.live' : last ? 'oee.restated.never' : 'oee.restated.unstated')}</p>
      )}
    </div>
  )
}

function Todo({ report, onOpen }: { report: Report; onOpen: (loss: Loss) => void }) {
  const t = useT()
  const language = useLanguage()
  const word = useLossWord()
  const me = useMe()
  const todo = report.todo
  return (
    <div>
      <h3>{t('oee.todo')}</h3>
      {todo ? (
        <p>
          {t('oee.todo.text', {
            reason: todo.reason ? word(todo) : t('oee.todo.unexplained'),
            n: minutes(todo.seconds, language),
            count: todo.events,
            before: minutes(todo.before_s, language),
          })}{' '}
          {can(me, 'maintenance.request') && (
            <>
              <Anchor
                underline="always"
                renderRoot={(props) => (
                  <Link
                    to="/maintenance"
                    search={{ ask: '1', station: todo.station, title: todo.reason ? word(todo) : undefined }}
                    {...props}
                  />
                )}
              >
                {t('oee.todo.job')}
              </Anchor>{' '}
              {t('oee.todo.or')}{' '}
            </>
          )}
          <Anchor component="button" type="button" underline="always" onClick={() => onOpen(todo)}>
            {t('oee.todo.events', { count: todo.events })}
          </Anchor>
        </p>
      ) : (
        <p>{t('oee.todo.none')}</p>
      )}
    </div>
  )
}
