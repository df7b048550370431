import { useLanguage, useT } from '../i18n/i18n'
import { formatDecimal, forDrawing } from '../value/decimal'
import classes from './orders.module.css'
import { sharesOf, type Order } from './order'

/** The thin bar in a row: good and in process of what was ordered; numbers stand beside it. */
export function ProgressBar({ order }: { order: Order }) {
  const total = forDrawing(order.quantity) || 1
  const width = (value: string) => `${((forDrawing(value) ?? 0) / total) * 100}%`
  return (
    <div className={classes.progress} aria-hidden>
      <i data-share="good" style={{ width: width(order.good) }} />
      <i data-share={order.state === 'held' ? 'held' : 'in_process'} style={{ width: width(order.in_process) }} />
      <i data-share="scrap" style={{ width: width(order.scrap) }} />
    </div>
  )
}

/** Where every ordered piece is. The parts always add up to the order. */
export function QuantityBar({ order }: { order: Order }) {
  const t = useT()
  const language = useLanguage()
  const shares = sharesOf(order)
  const sentence = shares
    .map((s) => `${formatDecimal(s.quantity, language)} ${t(`orders.share.${s.share}`)}`)
    .join(', ')
  return (
    <>
      <div
        className={classes.balance}
        role="img"
        aria-label={t('orders.balance', { ordered: formatDecimal(order.quantity, language), parts: sentence })}
      >
        {shares.map(({ share, quantity }) => (
          <i key={share} data-share={share} style={{ flexGrow: forDrawing(quantity) ?? 0 }} />
        ))}
      </div>
      <div className={classes.sum} aria-hidden>
        {shares.map(({ share, quantity }) => (
          <span key={share}>
            <i data-share={share} />
            <b>{formatDecimal(quantity, language)}</b> {t(`orders.share.${share}`)}
          </span>
        ))}
      </div>
    </>
  )
}
