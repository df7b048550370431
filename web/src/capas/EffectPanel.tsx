import { IconInfoCircle, IconMoon, IconRotateClockwise } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { Note, Status } from '../status/Status'
import { useNow } from '../time/now'
import { Time, useTimeText } from '../time/Time'
import { Quantity } from '../value/Quantity'
import { effectQuery, rateOf, rateText, type Capa, type Effect } from './capa'
import classes from './capas.module.css'
import { EffectChart } from './EffectChart'

const day = 24 * 60 * 60 * 1000

/** How the effect will be judged, what the data say so far, and when the verdict comes. */
export function EffectPanel({ capa }: { capa: Capa }) {
  const t = useT()
  const query = useQuery({ ...effectQuery(capa.id), enabled: Boolean(capa.record.plan.criterion) })
  if (!capa.record.plan.criterion)
    return (
      <section aria-labelledby="effect" className={classes.effect}>
        <h2 id="effect">{t('capas.effect')}</h2>
        <p className={classes.quiet}>{t('capas.effect.none')}</p>
      </section>
    )
  return (
    <section aria-labelledby="effect" className={classes.effect}>
      <Sleep capa={capa} />
      <blockquote>{capa.criterion}</blockquote>
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Figures capa={capa} effect={query.data} />}
      {query.data && query.data.weeks.length > 0 && <EffectChart capa={capa} effect={query.data} />}
      <Words capa={capa} />
    </section>
  )
}

function Sleep({ capa }: { capa: Capa }) {
  const t = useT()
  const now = useNow()
  const time = useTimeText()
  const e = capa.record.effect
  if (!e) return <h2 id="effect">{t('capas.effect')}</h2>
  if (e.outcome)
    return (
      <>
        <h2 id="effect">{t('capas.effect')}</h2>
        <Status of="capa_outcome" state={e.outcome} variant="tag" />
        <p>
          {capa.seen}, <Time value={e.read_at} form="full" />
        </p>
      </>
    )
  const total = Math.round((Date.parse(e.check_at) - Date.parse(e.since)) / day)
  const n = Math.min(total, Math.max(0, Math.floor((now - Date.parse(e.since)) / day)))
  return (
    <>
      <h2 id="effect">
        <IconMoon className="icon" aria-hidden /> {t('capas.effect.sleeps')}
      </h2>
      <b className={classes.until}>{time(e.check_at, 'date')}</b>
      <small>
        <Time value={e.check_at} form="clock" />, {t('capas.effect.day', { n, total })}
      </small>
    </>
  )
}

function Figures({ capa, effect }: { capa: Capa; effect: Effect }) {
  const t = useT()
  const k = effect.criterion!
  const figure = (name: string, reading: Effect['now']) => {
    if (!reading) return null
    const rate = rateOf(reading.events, reading.pieces)
    return (
      <div>
        <dt>{name}</dt>
        <dd>
          <b>{k.measure === 'rate' ? rateText(rate) : reading.events}</b>
          <small>
            {t('capas.effect.fraction', { events: reading.events })} <Quantity value={reading.pieces} />
          </small>
        </dd>
      </div>
    )
  }
  return (
    <dl className={classes.figures}>
      {figure(t('capas.effect.baseline'), effect.baseline)}
      <div>
        <dt>{t('capas.effect.target')}</dt>
        <dd>
          <b>≤ {k.target}</b>
          <small>{t(`capas.measure.${k.measure as 'rate'}`)}</small>
        </dd>
      </div>
      {figure(t('capas.effect.now'), effect.now)}
      {effect.now && capa.state === 'watching' && (
        <div>
          <dt>{t('capas.effect.pieces')}</dt>
          <dd>
            <b>
              <Quantity value={effect.now.pieces} />
            </b>
            <small>
              {t('capas.effect.needed')} <Quantity value={k.min_pieces} />
            </small>
          </dd>
        </div>
      )}
    </dl>
  )
}

function Words({ capa }: { capa: Capa }) {
  const t = useT()
  const e = capa.record.effect
  if (!e) return null
  return (
    <div className={classes.notes}>
      {e.extended.map((one) => (
        <p key={one.at}>
          {t('capas.effect.extended', { user: one.by, why: one.why })} <Time value={one.until} form="date" />
        </p>
      ))}
      {!e.outcome && (
        <>
          <Note tone="plain" icon={IconInfoCircle}>
            {t('capas.effect.no_verdict')}
          </Note>
          <Note tone="plain" icon={IconRotateClockwise}>
            {t('capas.effect.again')}
          </Note>
        </>
      )}
    </div>
  )
}
