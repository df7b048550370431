import { Burger } from '@mantine/core'
import { IconWifi, IconWifiOff } from '@tabler/icons-react'
import { Bell } from '../alerts/Bell'
import { useT } from '../i18n/i18n'
import { useLive } from '../live/LiveProvider'
import { useMe } from '../session/session'
import { IconScan } from '../status/icons'
import { Note } from '../status/Status'
import { clockSeconds, longDate, zoneName } from '../time/format'
import { useNowSeconds } from '../time/now'
import { useZone } from '../time/site'
import { useTimeText } from '../time/Time'
import { openSearch } from './Search'
import classes from './shell.module.css'

export function TopBar({ opened, onToggle }: { opened: boolean; onToggle: () => void }) {
  const t = useT()
  return (
    <>
      <Burger opened={opened} onClick={onToggle} hiddenFrom="sm" size="sm" aria-label={t('app.rail.toggle')} />
      <button type="button" className={classes.search} onClick={openSearch}>
        <IconScan className="icon" aria-hidden />
        <span className="grow">{t('app.search.placeholder')}</span>
        <kbd>/</kbd>
      </button>
      <span className="grow" />
      <Bell />
      <LiveState />
      <Clock />
    </>
  )
}

/** Live, or since when not: at the clock, since it says whether what is shown is now. */
export function LiveState() {
  const t = useT()
  const { live, lostAt } = useLive()
  const text = useTimeText()
  if (live)
    return (
      <span role="status" className={classes.live}>
        <Note tone="plain" icon={IconWifi} size="body">
          {t('app.live.yes')}
        </Note>
      </span>
    )
  return (
    <span role="status" className={classes.live}>
      <Note tone={lostAt ? 'warn' : 'plain'} icon={IconWifiOff} size="body" variant={lostAt ? 'tag' : 'plain'}>
        {lostAt
          ? t('app.live.since', { time: text(new Date(lostAt).toISOString(), 'seconds') })
          : t('app.live.connecting')}
      </Note>
    </span>
  )
}

function Clock() {
  const me = useMe()
  const zone = useZone()
  const now = new Date(useNowSeconds())
  return (
    <span className={classes.clock}>
      <span className={classes.date}>
        {me.site.id}, {longDate(zone, now)},{' '}
      </span>
      <b>{clockSeconds(zone, now)}</b> {zoneName(zone, now)}
    </span>
  )
}
