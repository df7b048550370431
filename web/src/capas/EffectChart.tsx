import { Table } from '@mantine/core'
import { useT } from '../i18n/i18n'
import { useNow } from '../time/now'
import { Time, useTimeText } from '../time/Time'
import { Quantity } from '../value/Quantity'
import { rateOf, rateText, type Capa, type Effect } from './capa'
import classes from './capas.module.css'

const wide = 320
const high = 150
const foot = 24
const edge = 28

/** Baseline and period week by week, against the criterion. Weeks without a piece are a gap, never zero. */
export function EffectChart({ capa, effect }: { capa: Capa; effect: Effect }) {
  const t = useT()
  const time = useTimeText()
  const now = useNow()
  const k = effect.criterion!
  const rate = k.measure === 'rate'
  const first = effect.weeks[0]?.from ?? capa.raised_at
  const from = Date.parse(first)
  const e = capa.record.effect
  const until = Math.max(now, e ? Date.parse(e.check_at) : now)
  const value = (week: Effect['weeks'][number]) => (rate ? rateOf(week.events, week.pieces) : week.events)
  const top = Math.max(Number(k.target) * 1.5, ...effect.weeks.map((week) => value(week) ?? 0), 1)
  const x = (at: number) => edge + ((at - from) / Math.max(1, until - from)) * (wide - edge - 4)
  const y = (v: number) => 8 + (1 - v / top) * (high - foot - 8)
  const bar = Math.max(2, x(from + 7 * 24 * 3600e3) - x(from) - 1.5)
  const since = e ? Date.parse(e.since) : undefined
  const caption = t(rate ? 'capas.chart.rate' : 'capas.chart.count')
  return (
    <figure className={classes.chart}>
      <svg
        viewBox={`0 0 ${wide} ${high}`}
        width="100%"
        role="img"
        aria-label={t('capas.chart.sentence', { caption, target: k.target })}
      >
        {[0, top / 2, top].map((v) => (
          <g key={v}>
            <path d={`M${edge} ${y(v)}H${wide}`} stroke="var(--st-line)" />
            <text x={edge - 4} y={y(v) + 4} textAnchor="end">
              {v.toFixed(v < 10 && v !== 0 ? 1 : 0)}
            </text>
          </g>
        ))}
        {effect.weeks.map((week) => {
          const at = Date.parse(week.from)
          const v = value(week)
          const after = since !== undefined && at >= since - 3 * 24 * 3600e3
          if (v === undefined)
            return (
              <path
                key={week.from}
                d={`M${x(at)} ${y(0) - 2}h${bar}`}
                stroke="var(--st-line-strong)"
                strokeDasharray="2 2"
              />
            )
          return (
            <rect
              key={week.from}
              x={x(at)}
              y={y(v)}
              width={bar}
              height={Math.max(v === 0 ? 1 : 2, y(0) - y(v))}
              fill={after ? 'var(--st-fill-1)' : 'var(--st-fill-3)'}
            />
          )
        })}
        {e && Date.parse(e.check_at) > now && (
          <rect
            x={x(now)}
            y={8}
            width={Math.max(0, x(Date.parse(e.check_at)) - x(now))}
            height={high - foot - 8}
            className={classes.ahead}
          />
        )}
        <path
          d={`M${edge} ${y(Number(k.target))}H${wide}`}
          stroke="var(--st-ink)"
          strokeDasharray="4 3"
          strokeWidth="1.5"
        />
        <text x={wide} y={y(Number(k.target)) - 4} textAnchor="end" className={classes.strong}>
          {t('capas.chart.criterion', { target: k.target })}
        </text>
        {since !== undefined && (
          <>
            <path d={`M${x(since)} 4V${high - foot}`} stroke="var(--st-ink)" strokeWidth="1.5" />
            <text x={x(since) + 3} y={12}>
              D6
            </text>
          </>
        )}
        <text x={edge} y={high - 8}>
          {time(first, 'date')}
        </text>
        <text x={wide} y={high - 8} textAnchor="end">
          {time(new Date(until).toISOString(), 'date')}
        </text>
      </svg>
      <figcaption>{caption}</figcaption>
      <details>
        <summary>{t('capas.chart.table')}</summary>
        <Table aria-label={caption} className={classes.small}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('capas.chart.week')}</Table.Th>
              <Table.Th scope="col" className="num">
                {t('capas.chart.events')}
              </Table.Th>
              <Table.Th scope="col" className="num">
                {t('capas.chart.pieces')}
              </Table.Th>
              <Table.Th scope="col" className="num">
                {t('capas.measure.rate')}
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {effect.weeks.map((week) => (
              <Table.Tr key={week.from}>
                <Table.Th scope="row">
                  <Time value={week.from} form="date" />
                </Table.Th>
                <Table.Td className="num">{week.events}</Table.Td>
                <Table.Td className="num">
                  <Quantity value={week.pieces} />
                </Table.Td>
                <Table.Td className="num">{rateText(rateOf(week.events, week.pieces))}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </details>
    </figure>
  )
}
