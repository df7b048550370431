import { NavLink, ScrollArea } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import { Link, useRouterState } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { useMe } from '../session/session'
import { Mark } from '../status/icons'
import { Account } from './Account'
import { railFor, type RailItem } from './rail'
import classes from './shell.module.css'

/** The way between screens. What is in it depends on the role. */
export function Rail({ onGo }: { onGo: () => void }) {
  const t = useT()
  const me = useMe()
  const path = useRouterState({ select: (state) => state.location.pathname })
  return (
    <>
      <div className={classes.brand}>
        <Mark />
        {t('app.name')}
      </div>
      <ScrollArea className="grow" type="auto">
        <nav aria-label={t('app.rail.label')}>
          {railFor(me).map((group, i) => (
            <div key={i}>
              {group.title && <h2 className={classes.group}>{t(group.title)}</h2>}
              <ul>
                {group.items.map((item) => (
                  <li key={item.to}>
                    <Item item={item} current={path === item.to || path.startsWith(`${item.to}/`)} onGo={onGo} />
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </nav>
      </ScrollArea>
      <Account />
    </>
  )
}

function Item({ item, current, onGo }: { item: RailItem; current: boolean; onGo: () => void }) {
  const t = useT()
  const Icon = item.icon
  const common = {
    label: t(item.label),
    leftSection: <Icon className="icon" aria-hidden />,
    className: classes.item,
    onClick: onGo,
  }
  if (item.external)
    return (
      <NavLink
        {...common}
        href={item.to}
        target="_blank"
        rel="noreferrer"
        rightSection={<IconExternalLink className="icon" aria-hidden />}
      />
    )
  return (
    <NavLink
      {...common}
      renderRoot={(props) => <Link to={item.to} aria-current={current ? 'page' : undefined} {...props} />}
    />
  )
}
