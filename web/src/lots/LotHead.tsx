import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { TrailLink } from '../audit/TrailLink'
import { PlaceHold } from '../holds/PlaceHold'
import { useT } from '../i18n/i18n'
import { ShareButton } from '../list/ListTools'
import { lotRecordPath } from '../record/historyRecord'
import { RecordFiles } from '../record/RecordFiles'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Id } from '../value/Quantity'
import { isHeld, type Lot } from './lot'
import { LotCommand, type LotCommandName } from './LotCommand'
import classes from './lots.module.css'

/** What a person may do with a lot from the desk, by its state; the server has the last word. */
function commandsFor(lot: Lot): Record<LotCommandName, boolean> {
  const gone = ['shipped', 'scrapped', 'void', 'consumed', 'merged'].includes(lot.state)
  const inProcess = ['queued', 'running', 'paused', 'review'].includes(lot.state)
  return {
    review: lot.state === 'review',
    release: (lot.holds ?? []).some((hold) => hold.scope === 'lot' && !hold.containment),
    hold: !gone,
    defects: lot.state === 'running' || lot.state === 'paused',
    scrap: inProcess,
    split: divisible(lot),
    merge: divisible(lot),
  }
}

/** A lot that lies still can be divided, unless it is one piece or on hold. */
const divisible = (lot: Lot) =>
  lot.tracking === 'lot' && !isHeld(lot) && ['available', 'queued', 'packed'].includes(lot.state)

const rights = {
  review: 'lot.review',
  release: 'lot.release',
  hold: 'lot.hold',
  defects: 'lot.report-defect',
  scrap: 'lot.scrap',
  split: 'lot.divide',
  merge: 'lot.divide',
} as const

/** The containments that hold the lot; it ends there, by its decision. */
const containments = (lot: Lot) =>
  [...new Set((lot.holds ?? []).flatMap((hold) => hold.containment ?? []))].filter(Boolean)

export function LotHead({ lot }: { lot: Lot }) {
  const t = useT()
  const me = useMe()
  const navigate = useNavigate()
  const [command, setCommand] = useState<LotCommandName>()
  const [containing, setContaining] = useState(false)
  const contains = can(me, 'hold.place')
  const may = commandsFor(lot)
  const allowed = (Object.keys(may) as LotCommandName[]).filter((name) => may[name] && can(me, rights[name]))
  const first = allowed.find((name) => name === 'review' || name === 'release')
  const rest = allowed.filter((name) => name !== first)
  return (
    <div className={classes.head}>
      <h1>
        <Id>{lot.lot}</Id>
      </h1>
      <Status of="lot" state={lot.state} variant="tag" />
      {isHeld(lot) && <Status of="lot" state="held" variant="solid" />}
      {containments(lot).map((id) => (
        <Link key={id} to="/holds/$hold" params={{ hold: id }}>
          {t('holds.held_link', { hold: id })}
        </Link>
      ))}
      <span className="grow" />
      {first && (
        <Button variant="filled" onClick={() => setCommand(first)}>
          {t(`lots.command.${first}`)}
        </Button>
      )}
      {lot.origin === 'produced' && can(me, 'record.read') && (
        <RecordFiles path={lotRecordPath(lot.lot)} name={lot.lot} />
      )}
      <TrailLink noun="lot" subject={lot.lot} />
      <ShareButton label={t('lots.share')} />
      {(rest.length > 0 || contains) && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={t('list.more')}>
              <IconDots className="icon" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {rest.map((name) => (
              <Menu.Item key={name} onClick={() => setCommand(name)}>
                {t(`lots.command.${name}`)}
              </Menu.Item>
            ))}
            {contains && <Menu.Item onClick={() => setContaining(true)}>{t('holds.contain')}</Menu.Item>}
          </Menu.Dropdown>
        </Menu>
      )}
      {containing && (
        <PlaceHold
          lot={lot.lot}
          onClose={() => setContaining(false)}
          onPlaced={(hold) => void navigate({ to: '/holds/$hold', params: { hold } })}
        />
      )}
      {command && <LotCommand lot={lot} command={command} onClose={() => setCommand(undefined)} />}
    </div>
  )
}
