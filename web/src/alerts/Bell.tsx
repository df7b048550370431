import { ActionIcon, Indicator } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { can, useMe } from '../session/session'
import { waitingQuery } from './alert'

/** How many alerts wait for the one who is signed in; others' are not counted. */
export function Bell() {
  const t = useT()
  const may = can(useMe(), 'alert.read')
  const { data: count = 0 } = useQuery({ ...waitingQuery, enabled: may })
  if (!may) return null
  const label = count === 0 ? t('alerts.bell_none') : t('alerts.bell', { count })
  return (
    <Indicator label={count > 99 ? '99+' : count} size="1.125rem" disabled={count === 0} color="warn">
      <ActionIcon aria-label={label} title={label} renderRoot={(props) => <Link to="/alerts" {...props} />}>
        <IconBell className="icon" aria-hidden />
      </ActionIcon>
    </Indicator>
  )
}
