import { AppShell } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Outlet } from '@tanstack/react-router'
import { useState } from 'react'
import { useKeys } from '../scan/ScanProvider'
import { Rail } from './Rail'
import { openSearch, Search } from './Search'
import classes from './shell.module.css'
import { Shortcuts } from './Shortcuts'
import { TopBar } from './TopBar'

/** The frame of all desk screens: rail, top bar, search, keys. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure()
  const [help, setHelp] = useState(false)
  useKeys((key) => {
    if (key === '/') openSearch()
    else if (key === '?') setHelp(true)
    else return false
    return true
  })
  return (
    <AppShell
      layout="alt"
      padding={0}
      header={{ height: 52 }}
      navbar={{ width: 196, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      transitionDuration={0}
    >
      <AppShell.Header className={classes.top}>
        <TopBar opened={opened} onToggle={toggle} />
      </AppShell.Header>
      <AppShell.Navbar className={classes.rail}>
        <Rail onGo={close} />
      </AppShell.Navbar>
      <AppShell.Main className={classes.main}>
        <Outlet />
      </AppShell.Main>
      <Search />
      <Shortcuts opened={help} onClose={() => setHelp(false)} />
    </AppShell>
  )
}
