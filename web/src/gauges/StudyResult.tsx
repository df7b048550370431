import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { Status } from '../status/Status'
import { percent, type Evaluation, type StudyView, type Variation } from './gauge'
import classes from './gauges.module.css'

const sources = ['ev', 'av', 'interaction', 'grr', 'pv', 'tv'] as const

/** What a study says, by either method: a verdict, the parts of the variation as bars, and the table with all figures. */
export function StudyResult({ study }: { study: StudyView }) {
  const t = useT()
  const [method, setMethod] = useState<'anova' | 'range'>('anova')
  const result = (method === 'anova' ? study.anova : study.range) as Evaluation
  const verdict = (method === 'anova' ? study.anova_verdict : study.range_verdict) ?? 'unfit'
  const rows = sources.filter((name) => name !== 'interaction' || (method === 'anova' && result.interaction.sigma > 0))
  const tolerance = result.grr.of_tolerance > 0
  return (
    <section aria-labelledby="result" className={classes.result}>
      <div className={classes.titleRow}>
        <h2 id="result">{t('studies.result')}</h2>
        <SegmentedControl
          aria-label={t('studies.method')}
          data={[
            { value: 'anova', label: t('studies.method.anova') },
            { value: 'range', label: t('studies.method.range') },
          ]}
          value={method}
          onChange={(value) => setMethod(value as 'anova' | 'range')}
        />
      </div>
      <p className={classes.verdict}>
        <Status of="study_verdict" state={verdict} variant="tag" />{' '}
        {t('studies.says', {
          total: percent(result.grr.of_total),
          ndc: result.ndc,
          enough: result.ndc >= 5 ? t('studies.enough') : t('studies.not_enough'),
        })}
      </p>
      <div className={classes.columns}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('studies.source')}</th>
              <th scope="col" className="num">
                {t('studies.sigma')}
              </th>
              <th scope="col" className="num">
                {t('studies.of_total')}
              </th>
              {tolerance && (
                <th scope="col" className="num">
                  {t('studies.of_tolerance')}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((name) => (
              <tr key={name}>
                <th scope="row">{t(`studies.variation.${name}`)}</th>
                <td className="num">
                  {result[name].sigma.toPrecision(4)} {study.unit}
                </td>
                <td className="num">{percent(result[name].of_total)} %</td>
                {tolerance && <td className="num">{percent(result[name].of_tolerance)} %</td>}
              </tr>
            ))}
          </tbody>
        </table>
        <Bars result={result} rows={rows.filter((name): name is Part => name !== 'tv')} />
      </div>
      {method === 'anova' && result.anova && <AnovaTable result={result} />}
    </section>
  )
}

type Part = Exclude<(typeof sources)[number], 'tv'>

/** Shares of the total variation as bars; the table beside them says the same. */
function Bars({ result, rows }: { result: Evaluation; rows: Part[] }) {
  const t = useT()
  return (
    <div
      className={classes.bars}
      role="img"
      aria-label={t('studies.bars', { grr: percent(result.grr.of_total), pv: percent(result.pv.of_total) })}
    >
      {rows.map((name) => (
        <div key={name} className={classes.bar}>
          <span className="label">{t(`studies.short.${name}`)}</span>
          <span className={classes.trough}>
            <span data-own={name !== 'pv' || undefined} style={{ width: `${Math.min(100, share(result[name]))}%` }} />
          </span>
          <span className="num">{percent(result[name].of_total)} %</span>
        </div>
      ))}
    </div>
  )
}

const share = (v: Variation) => v.of_total

function AnovaTable({ result }: { result: Evaluation }) {
  const t = useT()
  const a = result.anova
  if (!a) return null
  return (
    <details>
      <summary>{t('studies.anova.title')}</summary>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('studies.source')}</th>
            {['DF', 'SS', 'MS', 'F', 'p'].map((head) => (
              <th key={head} scope="col" className="num">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(['parts', 'operators', 'interaction', 'equipment', 'total'] as const).map((name) => (
            <tr key={name}>
              <th scope="row">{t(`studies.anova.${name}`)}</th>
              <td className="num">{a[name].df}</td>
              <td className="num">{a[name].ss.toPrecision(5)}</td>
              <td className="num">{name === 'total' ? '' : a[name].ms.toPrecision(4)}</td>
              <td className="num">{a[name].f > 0 ? a[name].f.toPrecision(4) : ''}</td>
              <td className="num">{a[name].f > 0 ? a[name].p.toFixed(3) : ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>{t(a.pooled ? 'studies.anova.pooled' : 'studies.anova.kept')}</p>
    </details>
  )
}
