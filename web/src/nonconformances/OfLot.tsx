import { Button } from '@mantine/core'
import { IconFlag } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import type { Lot } from '../lots/lot'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { ofLotQuery } from './nonconformance'
import classes from './nonconformances.module.css'
import { OpenDialog } from './OpenDialog'

/** The nonconformances that a lot stands in, and the way to a new one. */
export function OfLot({ lot }: { lot: Lot }) {
  const t = useT()
  const me = useMe()
  const navigate = useNavigate()
  const [opening, setOpening] = useState(false)
  const query = useQuery({ ...ofLotQuery(lot.lot), enabled: can(me, 'nonconformance.read') })
  const found = query.data ?? []
  const may = can(me, 'nonconformance.open') && !['scrapped', 'void', 'returned'].includes(lot.state)
  if (found.length === 0 && !may) return null
  return (
    <section aria-labelledby="lot-nonconformances">
      <header className={classes.sectionHead}>
        <h2 id="lot-nonconformances">{t('nonconformances.of_lot')}</h2>
        <span className="grow" />
        {may && (
          <Button leftSection={<IconFlag className="icon" aria-hidden />} onClick={() => setOpening(true)}>
            {t('nonconformances.new')}
          </Button>
        )}
      </header>
      <ul className={classes.dispositions}>
        {found.map((n) => (
          <li key={n.id}>
            <Link to="/nonconformances/$id" params={{ id: n.id }}>
              <b className="id">{n.id}</b>
            </Link>{' '}
            {n.description} <Status of="nonconformance" state={n.state} />
          </li>
        ))}
      </ul>
      {opening && (
        <OpenDialog
          lot={lot}
          onClose={() => setOpening(false)}
          onOpened={(id) => void navigate({ to: '/nonconformances/$id', params: { id } })}
        />
      )}
    </section>
  )
}
