import { Menu } from '@mantine/core'
import { IconUser, IconWifi, IconWifiOff } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMantineColorScheme } from '@mantine/core'
import { send } from '../api/http'
import { setLanguage, useLanguage, useT } from '../i18n/i18n'
import { useLive } from '../live/LiveProvider'
import { useMe } from '../session/session'
import { stopwatch } from '../time/duration'
import { clockSeconds, zoneName } from '../time/format'
import { useNow, useNowSeconds } from '../time/now'
import { useZone } from '../time/site'
import classes from './terminal.module.css'
import type { Terminal } from './useTerminal'

/** Station, person, connection, clock. */
export function StatusBar({ station, terminal, onKept }: { station: string; terminal: Terminal; onKept: () => void }) {
  const zone = useZone()
  const now = new Date(useNowSeconds())
  const name = terminal.queue.data?.name ?? terminal.current?.operation.name ?? ''
  return (
    <header className={classes.bar}>
      <span className={classes.station}>
        <b>{station}</b> {name}
      </span>
      <Person need={terminal.current?.operation.qualification} />
      <Connection terminal={terminal} onKept={onKept} />
      <time dateTime={now.toISOString()}>
        {clockSeconds(zone, now)} <small>{zoneName(zone, now)}</small>
      </time>
    </header>
  )
}

type Need = NonNullable<Terminal['current']>['operation']['qualification']

/** The certificate that the operation asks of this person; without one, the person's name. The server checks it. */
function useCertificate(need: Need): string {
  const t = useT()
  const me = useMe()
  const now = useNow()
  if (!need) return me.name
  const held = (me.qualifications ?? []).filter(
    (q) => q.id === need.id && (!q.expires_at || new Date(q.expires_at).getTime() > now),
  )
  const level = Math.max(0, ...held.map((q) => q.level))
  if (level >= need.level) return t('terminal.qualified', { name: need.id, level })
  return t('terminal.not_qualified', { name: need.id, level: need.level })
}

function Person({ need }: { need: Need }) {
  const t = useT()
  const me = useMe()
  const client = useQueryClient()
  const language = useLanguage()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const dark = colorScheme === 'dark'
  const certificate = useCertificate(need)
  const signOut = async () => {
    await send('/logout', {}).catch(() => undefined)
    client.clear()
    window.location.reload()
  }
  return (
    <Menu position="bottom-end" width={320} classNames={{ item: classes.menuItem }}>
      <Menu.Target>
        <button type="button" className={classes.who}>
          <IconUser className="icon" aria-hidden />
          <span>
            {me.id}
            <small>{certificate}</small>
          </span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item renderRoot={(props) => <Link to="/stations" {...props} />}>{t('terminal.all_stations')}</Menu.Item>
        <Menu.Item onClick={() => setLanguage(language === 'de' ? 'en' : 'de')} lang={language === 'de' ? 'en' : 'de'}>
          {t('app.account.other_language')}
        </Menu.Item>
        <Menu.Item onClick={() => setColorScheme(dark ? 'light' : 'dark')}>
          {dark ? t('app.account.light') : t('app.account.dark')}
        </Menu.Item>
        <Menu.Item onClick={() => void signOut()}>{t('app.account.sign_out')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** Connected or since when not, and how many entries wait here. */
function Connection({ terminal, onKept }: { terminal: Terminal; onKept: () => void }) {
  const t = useT()
  const { live, lostAt } = useLive()
  const now = useNowSeconds()
  const kept = terminal.entries.filter((entry) => entry.state === 'kept').length
  const offline = !live && lostAt !== undefined
  const note = offline
    ? t('terminal.kept_here', { count: kept })
    : kept > 0
      ? t('terminal.kept_sending', { count: kept })
      : t('terminal.all_sent')
  return (
    <button type="button" className={classes.connection} data-offline={offline || undefined} onClick={onKept}>
      {offline ? <IconWifiOff className="icon" aria-hidden /> : <IconWifi className="icon" aria-hidden />}
      <span role="status">
        {offline
          ? t('terminal.offline_for', { time: stopwatch(now - lostAt) })
          : live
            ? t('terminal.connected')
            : t('app.live.connecting')}
        <small>{note}</small>
      </span>
    </button>
  )
}
