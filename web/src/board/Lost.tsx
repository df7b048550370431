import { IconEye, IconLock, IconPlayerPause, IconQuestionMark, IconShieldCheck, IconTrash } from '@tabler/icons-react'
import { useT, type Key } from '../i18n/i18n'
import { IconDown, type Icon } from '../status/icons'
import type { BoardLoss, LineBoard } from './board'
import classes from './board.module.css'

const kinds: Record<string, { key: Key; icon: Icon; tone: 'plain' | 'hold' | 'crit' }> = {
  hold: { key: 'board.lost.hold', icon: IconLock, tone: 'hold' },
  scrap: { key: 'board.lost.scrap', icon: IconTrash, tone: 'crit' },
  review: { key: 'board.lost.review', icon: IconEye, tone: 'plain' },
  down: { key: 'board.lost.down', icon: IconDown, tone: 'crit' },
  short_stops: { key: 'board.lost.short_stops', icon: IconPlayerPause, tone: 'plain' },
  other: { key: 'board.lost.other', icon: IconQuestionMark, tone: 'plain' },
}

/** What the missing pieces were lost to, and how long nobody was hurt. */
export function Lost({ board }: { board: LineBoard }) {
  const t = useT()
  const lost = board.lost ?? []
  const sum = lost.reduce((n, l) => n + l.pieces, 0)
  return (
    <div className={classes.lost}>
      <h2>
        {sum > 0
          ? t('board.lost.title', { n: sum })
          : board.plan === undefined
            ? t('board.no_plan')
            : t('board.lost.nothing')}
      </h2>
      <ul>
        {lost.map((l) => (
          <Row key={`${l.kind}/${l.subject ?? ''}`} loss={l} />
        ))}
      </ul>
      {board.safe_days !== undefined && (
        <p className={classes.safe}>
          <IconShieldCheck aria-hidden />
          {t('board.safe_days', { count: board.safe_days })}
        </p>
      )}
    </div>
  )
}

function Row({ loss }: { loss: BoardLoss }) {
  const t = useT()
  const { key, icon: Icon, tone } = kinds[loss.kind] ?? kinds.other!
  return (
    <li data-tone={tone}>
      <span>
        <Icon aria-hidden />
        {t(key, { what: loss.subject ?? '' }).trim()}
      </span>
      <b>{loss.pieces}</b>
    </li>
  )
}
