import type { Schemas } from '../api/http'
import { useT } from '../i18n/i18n'
import classes from '../reviews/chart.module.css'

/** How often cycles took how long. The table above has the sums; each bar's number stands on it. */
export function Histogram({ row }: { row: Schemas['StationCycles'] }) {
  const t = useT()
  const bins = row.histogram ?? []
  if (bins.length === 0) return null
  const most = Math.max(...bins.map((bin) => bin.count), 1)
  const width = 920 / bins.length
  return (
    <figure className={classes.figure}>
      <figcaption>{t('cycles.histogram', { station: row.station || row.camera })}</figcaption>
      <svg
        viewBox="0 0 960 150"
        role="img"
        aria-label={bins.map((b) => `${b.from_s}–${b.to_s} s: ${b.count}`).join(', ')}
      >
        {bins.map((bin, i) => {
          const height = (bin.count / most) * 100
          return (
            <g key={i}>
              <rect
                x={20 + i * width + 1}
                y={120 - height}
                width={Math.max(width - 2, 1)}
                height={height}
                className={classes.bar}
              />
              <text x={20 + i * width + width / 2} y={114 - height} textAnchor="middle" className={classes.axis}>
                {bin.count || ''}
              </text>
              <text x={20 + i * width} y="138" textAnchor="middle" className={classes.axis}>
                {bin.from_s}
              </text>
            </g>
          )
        })}
      </svg>
    </figure>
  )
}
