import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { can, useMe } from '../session/session'
import { useTimeText } from '../time/Time'
import classes from './erp.module.css'
import { messagesOf } from './message'

/** What the ERP was told about an order, in one line. */
export function ErpLine({ order }: { order: string }) {
  const t = useT()
  const text = useTimeText()
  const allowed = can(useMe(), 'outbox.read')
  const query = useQuery({ ...messagesOf(order), enabled: allowed })
  if (!allowed || !query.data) return null
  const mine = query.data.items ?? []
  const sent = mine.filter((message) => message.state === 'delivered')
  const dead = mine.filter((message) => message.state === 'dead').length
  const last = sent
    .map((message) => message.delivered_at ?? '')
    .sort()
    .at(-1)
  const parts = [
    t('erp.line.sent', { count: sent.length }),
    last ? t('erp.line.last', { time: text(last, 'inline') }) : '',
    t('erp.line.waiting', { count: mine.length - sent.length - dead }),
    dead > 0 ? t('erp.line.dead', { count: dead }) : '',
  ]
  return (
    <section className={classes.line}>
      <h3>
        {t('erp.erp')} <span>{parts.filter(Boolean).join(' ')}</span>
        <Link to="/erp" search={{ q: order }}>
          {t('erp.outbox')}
        </Link>
      </h3>
    </section>
  )
}
