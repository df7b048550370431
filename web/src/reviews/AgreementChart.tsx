import { useT } from '../i18n/i18n'
import type { Agreement } from './review'
import classes from './chart.module.css'

/** Agreement over time, a line for each model version and pair of raters. The table below says the same in numbers. */
export function AgreementChart({ rows }: { rows: Agreement[] }) {
  const t = useT()
  const lines = new Map<string, Agreement[]>()
  for (const row of rows) {
    const name = `${row.model || '–'}, ${t(`reviews.agreement.pair.${row.pair}`)}`
    lines.set(name, [...(lines.get(name) ?? []), row])
  }
  const times = rows.map((row) => Date.parse(row.since))
  const first = Math.min(...times)
  const span = Math.max(Math.max(...times) - first, 1)
  const x = (row: Agreement) => 40 + ((Date.parse(row.since) - first) / span) * 900
  const y = (row: Agreement) => 10 + (100 - row.percent) * 1.6
  return (
    <figure className={classes.figure}>
      <svg viewBox="0 0 960 190" role="img" aria-label={t('reviews.agreement.chart')}>
        {[0, 50, 100].map((percent) => (
          <g key={percent}>
            <line
              x1="40"
              x2="950"
              y1={10 + (100 - percent) * 1.6}
              y2={10 + (100 - percent) * 1.6}
              className={classes.grid}
            />
            <text x="34" y={14 + (100 - percent) * 1.6} textAnchor="end" className={classes.axis}>
              {percent}
            </text>
          </g>
        ))}
        {[...lines.values()].map((line, i) => (
          <g key={i} className={classes.line} data-n={i % 4}>
            <polyline points={line.map((row) => `${x(row)},${y(row)}`).join(' ')} />
            {line.map((row, n) => (
              <circle key={n} cx={x(row)} cy={y(row)} r="4">
                <title>{`${row.percent} % (${row.agreed} / ${row.pictures})`}</title>
              </circle>
            ))}
          </g>
        ))}
      </svg>
      <figcaption className={classes.legend}>
        {[...lines.keys()].map((name, i) => (
          <span key={name} data-n={i % 4}>
            <svg viewBox="0 0 28 8" aria-hidden>
              <line x1="0" x2="28" y1="4" y2="4" />
            </svg>
            {name}
          </span>
        ))}
      </figcaption>
    </figure>
  )
}
