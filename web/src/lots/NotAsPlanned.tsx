import {
  IconAlertTriangle,
  IconCircleX,
  IconClock,
  IconEye,
  IconFlag,
  IconLock,
  IconPencil,
  IconRotateClockwise,
  IconTrash,
} from '@tabler/icons-react'
import { useT, type Key } from '../i18n/i18n'
import { IconUnknown, type Icon } from '../status/icons'
import { Note } from '../status/Status'
import type { Tone } from '../status/vocabulary'
import { Time } from '../time/Time'
import type { Exception, Lot } from './lot'
import classes from './lots.module.css'

interface Kind {
  key: Key
  icon: Icon
  tone: Tone
}

/** History is grey; only what is still open has a colour. */
const kinds: Record<string, Kind> = {
  hold: { key: 'lots.exception.hold', icon: IconLock, tone: 'plain' },
  defect: { key: 'lots.exception.defect', icon: IconFlag, tone: 'plain' },
  rework: { key: 'lots.exception.rework', icon: IconRotateClockwise, tone: 'plain' },
  review: { key: 'lots.exception.review', icon: IconEye, tone: 'plain' },
  failed_step: { key: 'lots.exception.failed_step', icon: IconCircleX, tone: 'plain' },
  by_hand: { key: 'lots.exception.by_hand', icon: IconPencil, tone: 'plain' },
  silent: { key: 'lots.exception.silent', icon: IconUnknown, tone: 'plain' },
  scrap: { key: 'lots.exception.scrap', icon: IconTrash, tone: 'plain' },
  late_verdict: { key: 'lots.exception.late_verdict', icon: IconClock, tone: 'plain' },
  overridden: { key: 'lots.exception.overridden', icon: IconPencil, tone: 'plain' },
}

/** Open holds and all that did not go by the plan. Planned things fold into one sentence. */
export function NotAsPlanned({ lot }: { lot: Lot }) {
  const t = useT()
  const holds = lot.holds ?? []
  const past = (lot.exceptions ?? []).filter((e) => !holds.some((hold) => e.kind === 'hold' && e.link === hold.id))
  if (holds.length + past.length === 0)
    return lot.origin === 'produced' ? <p className="label">{t('lots.as_planned')}</p> : null
  return (
    <section aria-labelledby="not-as-planned">
      <header className={classes.sectionHead}>
        <h2 id="not-as-planned">{t('lots.not_as_planned')}</h2>
        <p>{t('lots.not_as_planned_count', { count: holds.length + past.length })}</p>
      </header>
      <ul className={classes.exceptions}>
        {holds.map((hold) => (
          <li key={hold.id}>
            <Note tone="hold" icon={IconLock} size="body">
              {hold.scope === 'order' ? t('lots.exception.order_hold') : t('lots.exception.hold')}
            </Note>
            <b>{hold.reason}</b>
            <span>
              <Time value={hold.at} />, {hold.by}
            </span>
          </li>
        ))}
        {past.map((exception, i) => (
          <Row key={i} exception={exception} />
        ))}
      </ul>
    </section>
  )
}

function Row({ exception }: { exception: Exception }) {
  const t = useT()
  const kind = kinds[exception.kind]
  return (
    <li>
      <Note tone={kind?.tone ?? 'plain'} icon={kind?.icon ?? IconAlertTriangle} size="body">
        {kind ? t(kind.key) : exception.kind}
      </Note>
      <b>{exception.text}</b>
      <span>
        <Time value={exception.at} />
        {exception.by && `, ${exception.by}`}
      </span>
    </li>
  )
}
