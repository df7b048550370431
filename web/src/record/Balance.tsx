import { IconAlertOctagon, IconCircleCheck } from '@tabler/icons-react'
import { useLanguage, useT } from '../i18n/i18n'
import { Note } from '../status/Status'
import { formatDecimal } from '../value/decimal'
import { balances } from './balance'
import type { OrderRecord } from './historyRecord'
import classes from './record.module.css'

/** The order's equation: ordered = good + scrap + in process + not started, by its own figures and by those of its lots. */
export function Balance({ content }: { content: OrderRecord['content'] }) {
  const t = useT()
  const language = useLanguage()
  const fits = balances(content)
  const parts = ['good', 'scrap', 'in_process', 'not_started'] as const
  return (
    <section aria-label={t('records.balance')} className={classes.balance}>
      <p>
        <b>{formatDecimal(content.quantity, language)}</b> {content.unit} =
        {parts.map((part, i) => (
          <span key={part}>
            {i > 0 && ' +'} <b>{formatDecimal(content[part], language)}</b> {t(`records.balance.${part}`)}
          </span>
        ))}
      </p>
      <Note tone={fits ? 'plain' : 'crit'} icon={fits ? IconCircleCheck : IconAlertOctagon} size="body">
        {t(fits ? 'records.balance.fits' : 'records.balance.off')}
      </Note>
    </section>
  )
}
