import { Drawer } from '@mantine/core'
import { Reasons } from '../dispatch/Reasons'
import { useT } from '../i18n/i18n'
import { WorkersHere } from '../labour/WorkersHere'
import type { LotCard } from '../stations/station'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Id } from '../value/Quantity'
import { KeptList } from './KeptList'
import classes from './terminal.module.css'
import type { Terminal } from './useTerminal'

interface Props {
  terminal: Terminal
  /** Show what waits to be sent instead of the lots. */
  kept: boolean
  onClose: () => void
  onChoose: (lot: string) => void
}

/** What is in work here and what comes next, each with its place and why; or what is kept here to be sent. */
export function QueueDrawer({ terminal, kept, onClose, onChoose }: Props) {
  const t = useT()
  const { now, next } = terminal.queue.data ?? { now: [], next: [] }
  return (
    <Drawer
      opened
      onClose={onClose}
      position={kept ? 'right' : 'left'}
      size={640}
      title={kept ? t('terminal.kept_title') : t('terminal.queue')}
      closeButtonProps={{ 'aria-label': t('message.close') }}
    >
      {kept ? (
        <KeptList terminal={terminal} />
      ) : (
        <>
          <Cards title={t('terminal.queue_now')} cards={now ?? []} onChoose={onChoose} />
          <Cards title={t('terminal.queue_next')} cards={next ?? []} onChoose={onChoose} />
          <WorkersHere
            station={terminal.queue.data?.station ?? ''}
            lot={now?.find((card) => card.state === 'running')?.lot}
          />
        </>
      )}
    </Drawer>
  )
}

function Cards({ title, cards, onChoose }: { title: string; cards: LotCard[]; onChoose: (lot: string) => void }) {
  const t = useT()
  return (
    <section className={classes.cards}>
      <h3>{title}</h3>
      {cards.length === 0 && <p className="label">{t('terminal.queue_none')}</p>}
      <ul>
        {cards.map((card) => (
          <li key={card.lot}>
            <button type="button" onClick={() => onChoose(card.lot)}>
              <span>
                {card.dispatch && `${card.dispatch.position}. `}
                <Id>{card.lot}</Id>
                <small>
                  {card.order}, {t('orders.due')} <Time value={card.due} />
                </small>
                {card.why && !card.dispatch && <small>{card.why}</small>}
                {!card.why && card.barred && <small>{card.barred}</small>}
                {card.dispatch && <Reasons reasons={card.dispatch.reasons ?? []} most={3} />}
              </span>
              {card.dispatch && !card.held ? (
                <Status of="job" state={card.dispatch.state} />
              ) : (
                <Status of="lot" state={card.held ? 'held' : card.state} />
              )}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
