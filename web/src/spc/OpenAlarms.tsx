import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { AcknowledgeDialog } from './AcknowledgeDialog'
import { alarmsQuery, type ChartAlarm } from './spc'
import classes from './spc.module.css'
import { useAlarmText } from './words'

/** What is open on a chart, with its button. Nothing where nothing is. */
export function OpenAlarms({ chart }: { chart: string }) {
  const t = useT()
  const me = useMe()
  const text = useAlarmText()
  const query = useQuery(alarmsQuery({ chart }))
  const [shown, setShown] = useState<ChartAlarm>()
  const alarms = query.data?.items ?? []
  if (alarms.length === 0) return null
  return (
    <section className={classes.open} aria-label={t('spc.open_now')}>
      <ul>
        {alarms.map((alarm) => (
          <li key={alarm.id}>
            <Status of="chart" state="alarm" />
            <span className="grow">
              <b>{text(alarm)}</b> ({alarm.rule}) · {t('spc.run', { first: alarm.first, last: alarm.last })}
              {alarm.lot && (
                <>
                  {' · '}
                  <Link to="/lots/$lot" params={{ lot: alarm.lot }} className="id">
                    {alarm.lot}
                  </Link>
                </>
              )}{' '}
              · <Time value={alarm.opened_at} />
            </span>
            {can(me, 'chart.acknowledge') && <Button onClick={() => setShown(alarm)}>{t('spc.acknowledge')}</Button>}
          </li>
        ))}
      </ul>
      {shown && <AcknowledgeDialog alarm={shown} onClose={() => setShown(undefined)} />}
    </section>
  )
}
