import { Menu } from '@mantine/core'
import { IconClockPause, IconClockPlay } from '@tabler/icons-react'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { problemOf } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { codesQuery, runningQuery } from './labour'

/** Part of the account's menu: begin and end time that belongs to no order. */
export function ClockMenu() {
  const t = useT()
  const may = can(useMe(), 'labour.clock')
  const codes = useQuery({ ...codesQuery, enabled: may }).data?.items ?? []
  const running = useQuery({ ...runningQuery(), enabled: may }).data?.items ?? []
  const clock = useCommand()
  if (!may || codes.length === 0) return null
  const told = (error: unknown) => {
    const problem = problemOf(t, error)
    notifications.show({ message: problem.detail ?? problem.title, color: 'crit' })
  }
  const send = (path: string, body: unknown) => clock.mutate({ path, body }, { onError: told })
  const code = running.find((entry) => entry.code)?.code
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t('labour.clock')}</Menu.Label>
      {codes.map((c) => (
        <Menu.Item
          key={c.id}
          closeMenuOnClick={false}
          leftSection={c.id === code ? <IconClockPause className="icon" /> : <IconClockPlay className="icon" />}
          onClick={() => send(c.id === code ? '/labour/clock-off' : '/labour/clock-on', { code: c.id })}
        >
          {c.id === code ? t('labour.end', { what: c.name }) : c.name}
        </Menu.Item>
      ))}
      {running.length > 0 && (
        <Menu.Item
          leftSection={<IconClockPause className="icon" />}
          closeMenuOnClick={false}
          onClick={() => send('/labour/clock-off', {})}
        >
          {t('labour.end_all')}
        </Menu.Item>
      )}
    </>
  )
}
