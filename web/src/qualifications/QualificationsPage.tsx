import { Button, Tabs } from '@mantine/core'
import { IconCertificate } from '@tabler/icons-react'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { ListFrame } from '../list/ListFrame'
import frame from '../list/list.module.css'
import { CsvButton, ShareButton } from '../list/ListTools'
import { can, useMe } from '../session/session'
import { Certificates } from './Certificates'
import { GrantDialog } from './GrantDialog'
import { MatrixView } from './MatrixView'
import { filterOf, path, tabOf, tabs, type QualificationSearch, type Tab } from './qualification'
import { Skills } from './Skills'

const route = getRouteApi('/shell/qualifications')

/** Who can do what: as a matrix, what ends soon, every certificate, and the skills themselves. */
export function QualificationsPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const [granting, setGranting] = useState(false)
  const tab = tabOf(search)
  const go = (change: Partial<QualificationSearch>, replace = true) =>
    void navigate({ to: '/qualifications', search: { ...search, cursor: undefined, ...change }, replace })
  return (
    <ListFrame
      title={t('qualifications.title')}
      actions={
        <>
          {can(me, 'qualification.give') && (
            <Button
              variant="filled"
              leftSection={<IconCertificate className="icon" aria-hidden />}
              onClick={() => setGranting(true)}
            >
              {t('qualifications.grant')}
            </Button>
          )}
          <ShareButton />
          {tab === 'skills' ? (
            <CsvButton path="/skills" query={{}} />
          ) : (
            <CsvButton path={path} query={filterOf(search)} />
          )}
        </>
      }
      tabs={
        <Tabs
          classNames={{ list: frame.tabs, tab: frame.tab }}
          value={tab}
          onChange={(state) => go({ state: state === 'matrix' ? undefined : (state ?? undefined), sort: undefined })}
        >
          <Tabs.List aria-label={t('qualifications.views')}>
            {tabs.map((name: Tab) => (
              <Tabs.Tab key={name} value={name}>
                {t(`qualifications.tab.${name}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
        </Tabs>
      }
    >
      {tab === 'matrix' && <MatrixView search={search} go={go} />}
      {(tab === 'certificates' || tab === 'ending') && <Certificates search={search} go={go} />}
      {tab === 'skills' && <Skills />}
      {granting && <GrantDialog onClose={() => setGranting(false)} />}
    </ListFrame>
  )
}
