import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useLanguage, useT } from '../i18n/i18n'
import { Time } from '../time/Time'
import { formatDecimal } from '../value/decimal'
import { Quantity } from '../value/Quantity'
import type { Lot } from './lot'
import { LotRecordFact } from './LotRecord'
import classes from './lots.module.css'

/** What a lot is, in one line of facts. A received lot tells of its supplier, a produced one of its order. */
export function LotFacts({ lot }: { lot: Lot }) {
  const t = useT()
  return (
    <dl className={classes.facts}>
      <Fact name={lot.revision ? t('lots.fact.product_routing') : t('lots.fact.material')}>
        {lot.revision ? t('lots.fact.rev', { product: lot.material, revision: lot.revision }) : lot.material}
        {lot.product_name && lot.product_name !== lot.material && `, ${lot.product_name}`}
      </Fact>
      {lot.order && (
        <Fact name={t('lots.fact.order')}>
          <Link to="/orders" search={{ sel: lot.order }}>
            {lot.order}
          </Link>
          {lot.number ? `, ${t('lots.fact.number', { n: lot.number })}` : ''}
        </Fact>
      )}
      {lot.supplier && (
        <Fact name={t('lots.fact.supplier')}>
          <span className="id">
            {lot.supplier}, {lot.supplier_lot}
          </span>
        </Fact>
      )}
      <Amounts lot={lot} />
      {lot.expires_at && (
        <Fact name={t('lots.fact.expires')}>
          <Time value={lot.expires_at} form="date" />
        </Fact>
      )}
      {lot.started_at && (
        <Fact name={t('lots.fact.built')}>
          <Time value={lot.started_at} form="full" zone={!lot.ended_at} />
          {lot.ended_at && (
            <>
              {' – '}
              <Time value={lot.ended_at} form="seconds" />
            </>
          )}
        </Fact>
      )}
      <Where lot={lot} />
      <LotRecordFact lot={lot} />
    </dl>
  )
}

function Amounts({ lot }: { lot: Lot }) {
  const t = useT()
  const language = useLanguage()
  const whole = lot.tracking === 'serial'
  if (whole && lot.scrapped === '0') return null
  return (
    <Fact name={t('lots.fact.left')}>
      <Quantity value={lot.remaining} unit={lot.unit} />
      {` ${t('lots.fact.of', { quantity: formatDecimal(lot.quantity, language) })}`}
      {lot.scrapped !== '0' && `, ${t('lots.fact.scrapped', { quantity: formatDecimal(lot.scrapped, language) })}`}
    </Fact>
  )
}

/** Where it is now: at a customer, at a station, or in the plant. */
function Where({ lot }: { lot: Lot }) {
  const t = useT()
  if (lot.customer)
    return (
      <Fact name={t('lots.fact.where')}>
        {t('lots.fact.shipped', { customer: lot.customer, note: lot.delivery_note ?? '' })}
        {lot.shipped_at && (
          <>
            {', '}
            <Time value={lot.shipped_at} />
          </>
        )}
      </Fact>
    )
  if (lot.station && ['queued', 'running', 'paused', 'review'].includes(lot.state))
    return (
      <Fact name={t('lots.fact.where')}>
        <Link to="/stations/$station" params={{ station: lot.station }}>
          {lot.station}
        </Link>
        {lot.operation_name && `, ${lot.operation_name}`}
        {lot.operator && `, ${lot.operator}`}
      </Fact>
    )
  return null
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="label">{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
