import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import {
  IconBuildingFactory2,
  IconKey,
  IconKeyboard,
  IconLanguage,
  IconLogout,
  IconMoon,
  IconSun,
} from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { send } from '../api/http'
import { setLanguage, useLanguage, useT } from '../i18n/i18n'
import { ClockMenu } from '../labour/ClockMenu'
import { OwnSignIn } from '../people/OwnSignIn'
import { useMe } from '../session/session'
import classes from './shell.module.css'
import { Shortcuts } from './Shortcuts'

/** Who is signed in, and what belongs to the person rather than to the plant: language, light or dark, signing out. */
export function Account() {
  const t = useT()
  const me = useMe()
  const language = useLanguage()
  const client = useQueryClient()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const [keys, setKeys] = useState(false)
  const [own, setOwn] = useState(false)
  const dark = colorScheme === 'dark'
  const signOut = async () => {
    await send('/logout', {}).catch(() => undefined)
    client.clear()
    window.location.assign('/')
  }
  // Another site is another plant: nothing that was fetched for this one is shown there.
  const toSite = async (site: string) => {
    await send('/me/site', { site })
    client.clear()
    window.location.assign('/')
  }
  const others = (me.sites ?? []).filter((site) => site.id !== me.site.id)
  return (
    <div className={classes.who}>
      <Menu position="top-start" width={220}>
        <Menu.Target>
          <UnstyledButton className={classes.whoButton}>
            <b>{me.id}</b>
            <span className="label">
              {t('app.account.role_at_site', {
                role: me.roles.map((role) => t(`app.role.${role}`)).join(', '),
                site: me.site.id,
              })}
            </span>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{me.name}</Menu.Label>
          <Menu.Item
            leftSection={<IconLanguage className="icon" />}
            onClick={() => setLanguage(language === 'de' ? 'en' : 'de')}
            lang={language === 'de' ? 'en' : 'de'}
          >
            {t('app.account.other_language')}
          </Menu.Item>
          <Menu.Item
            leftSection={dark ? <IconSun className="icon" /> : <IconMoon className="icon" />}
            onClick={() => setColorScheme(dark ? 'light' : 'dark')}
          >
            {dark ? t('app.account.light') : t('app.account.dark')}
          </Menu.Item>
          {!me.service && (
            <Menu.Item leftSection={<IconKey className="icon" />} onClick={() => setOwn(true)}>
              {t('people.own.title')}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconKeyboard className="icon" />} onClick={() => setKeys(true)}>
            {t('app.keys.title')}
          </Menu.Item>
          <ClockMenu />
          {!me.station && others.length > 0 && (
            <>
              <Menu.Divider />
              <Menu.Label>{t('app.account.sites')}</Menu.Label>
              {others.map((site) => (
                <Menu.Item
                  key={site.id}
                  leftSection={<IconBuildingFactory2 className="icon" />}
                  onClick={() => void toSite(site.id)}
                >
                  {t('app.account.to_site', { site: site.id, name: site.name })}
                </Menu.Item>
              ))}
            </>
          )}
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout className="icon" />} onClick={() => void signOut()}>
            {t('app.account.sign_out')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {own && <OwnSignIn onClose={() => setOwn(false)} />}
      <Shortcuts opened={keys} onClose={() => setKeys(false)} />
    </div>
  )
}
