import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { can, useMe } from '../session/session'
import type { CapaSearch } from './capa'

/** Leads from a record to a new CAPA about it, for those who may open one. */
export function RaiseCapaLink({ about }: { about: Pick<CapaSearch, 'noun' | 'subject' | 'title' | 'code'> }) {
  const t = useT()
  if (!can(useMe(), 'capa.raise')) return null
  const search = Object.fromEntries(Object.entries({ raise: '1', ...about }).filter(([, value]) => value))
  return <Anchor renderRoot={(props) => <Link to="/capas" search={search} {...props} />}>{t('capas.raise')}</Anchor>
}
