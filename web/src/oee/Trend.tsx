import { useLanguage, useT } from '../i18n/i18n'
import { percent, rounded, type Report } from './figure'
import classes from './oee.module.css'

const width = 210
const height = 56

/** OEE of the last shifts as a line with its target, and NEE. */
export function Trend({ report }: { report: Report }) {
  const t = useT()
  const language = useLanguage()
  const target = report.target == null ? undefined : Number(report.target)
  const points = (report.trend ?? []).filter((point) => point.oee.value != null)
  const values = points.map((point) => Number(point.oee.value))
  const low = Math.min(...values, target ?? 1)
  const high = Math.max(...values, target ?? 0)
  const y = (value: number) => 6 + (high > low ? (1 - (value - low) / (high - low)) * (height - 12) : (height - 12) / 2)
  const x = (i: number) => 6 + (points.length > 1 ? (i * (width - 12)) / (points.length - 1) : width - 12)
  const aim =
    target === undefined ? t('oee.trend.no_target') : t('oee.trend.target', { n: rounded(target * 100, language, 0) })
  return (
    <div className={classes.trend}>
      <span className="label">
        {points.length > 0 ? t('oee.trend', { n: points.length, target: aim }) : t('oee.trend.none', { target: aim })}
      </span>
      {points.length > 0 && (
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={t('oee.trend.summary', {
            n: points.length,
            low: rounded(Math.min(...values) * 100, language),
            high: rounded(Math.max(...values) * 100, language),
            target: aim,
          })}
        >
          {target !== undefined && (
            <path d={`M0 ${y(target)}H${width}`} stroke="var(--st-line-strong)" strokeDasharray="4 4" />
          )}
          <path
            d={values.map((v, i) => `${i ? 'L' : 'M'}${x(i)} ${y(v)}`).join('')}
            fill="none"
            stroke="var(--st-fill-2)"
            strokeWidth="2"
          />
          <circle cx={x(values.length - 1)} cy={y(values.at(-1)!)} r="4" fill="var(--st-ink)" />
        </svg>
      )}
      <span className="label">
        {t('oee.nee', { n: percent(report.figures.nee, language) ?? t('oee.not_defined') })}
      </span>
    </div>
  )
}
