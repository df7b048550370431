import { useContext } from 'react'
import { useLanguage } from '../i18n/i18n'
import { SessionContext } from '../session/session'
import type { Zone } from './format'

/** The zone that all times are shown in: the site's. Before anybody signed in, the browser's own. */
export function useZone(): Zone {
  const language = useLanguage()
  const me = useContext(SessionContext)
  return { language, zone: me?.site.time_zone || Intl.DateTimeFormat().resolvedOptions().timeZone }
}
