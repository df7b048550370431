import type { ReactNode } from 'react'
import { useLanguage, useT, type Key } from '../i18n/i18n'
import { minutes, percent, rounded, shown, type Ratio, type Report } from './figure'
import classes from './oee.module.css'
import { Trend } from './Trend'

/** OEE and its factors, each with its fraction. */
export function Formula({ report }: { report: Report }) {
  const t = useT()
  const language = useLanguage()
  const f = report.figures
  const rate = report.counts.rate_s && minutes(report.counts.rate_s, language)
  const good = rounded(Number(report.counts.good), language, 0)
  const made = rounded(Number(report.counts.made), language, 0)
  const weighed = f.quality.unit === 's'
  return (
    <section className={classes.formula} aria-label={t('oee.formula')}>
      <Figure name={t('oee.figure.oee')} ratio={f.oee} big>
        {rate ? t('oee.of.oee', { good, rate }) : t('oee.of.oee_mixed', { good })}
      </Figure>
      <span className={classes.op} aria-hidden>
        =
      </span>
      <Figure name={t('oee.figure.availability')} ratio={f.availability}>
        {t('oee.of.availability')}
      </Figure>
      <span className={classes.op} aria-hidden>
        ×
      </span>
      <Figure name={t('oee.figure.effectiveness')} ratio={f.effectiveness}>
        {rate ? t('oee.of.effectiveness', { made, rate }) : t('oee.of.effectiveness_mixed', { made })}
      </Figure>
      <span className={classes.op} aria-hidden>
        ×
      </span>
      <Figure name={t('oee.figure.quality')} ratio={f.quality}>
        {weighed ? t('oee.of.quality_weighed', { good, made }) : t('oee.of.quality')}
      </Figure>
      <Trend report={report} />
    </section>
  )
}

function Figure({ name, ratio, big, children }: { name: string; ratio: Ratio; big?: boolean; children: ReactNode }) {
  const t = useT()
  const language = useLanguage()
  const value = percent(ratio, language)
  return (
    <div className={classes.figure}>
      <h2 className="label">{name}</h2>
      <p className={classes.value} data-big={big || undefined} data-missing={!value || undefined}>
        {value ?? t('oee.not_defined')}
      </p>
      <p className={classes.fraction}>
        {ratio.why ? (
          t(`oee.why.${ratio.why}` as Key)
        ) : (
          <>
            <b>{shown(ratio.numerator, ratio.unit, language)}</b> / {shown(ratio.denominator, ratio.unit, language)}{' '}
            {t(ratio.unit === 's' ? 'oee.unit.min' : 'oee.unit.units')}
          </>
        )}
        {ratio.over && <strong>{t('oee.over')}</strong>}
        <small>{children}</small>
      </p>
    </div>
  )
}
