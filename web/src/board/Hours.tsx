import { IconAlertTriangle } from '@tabler/icons-react'
import { useT } from '../i18n/i18n'
import { clockMinutes, type Zone } from '../time/format'
import { plantNow, useNow } from '../time/now'
import { bars, type HourBar, type LineBoard } from './board'
import classes from './board.module.css'

const width = 1270
const high = 200
const floor = 262

/** The shift's hours: what was packed, over what was planned. */
export function Hours({ board, zone }: { board: LineBoard; zone: Zone }) {
  const t = useT()
  useNow()
  const hours = board.hours ?? []
  if (!board.shift || hours.length === 0)
    return (
      <div>
        <h2>{t('board.no_shift')}</h2>
      </div>
    )
  const all = bars(hours, plantNow(), width, high)
  const label = (b: HourBar) => clockMinutes(zone, new Date(b.hour.from)).slice(0, 2)
  const sentence = all
    .filter((b) => b.when !== 'ahead')
    .map((b) =>
      t(b.when === 'now' ? 'board.hour_so_far' : 'board.hour', {
        hour: label(b),
        n: b.hour.packed,
        plan: (b.when === 'now' ? b.hour.plan_now : b.hour.plan) ?? '–',
      }),
    )
    .join(', ')
  return (
    <div>
      <h2>
        {t('board.by_hour', { shift: board.shift.name })} <span>{t('board.packed_plan')}</span>
      </h2>
      <svg
        className={classes.hours}
        viewBox="0 0 1282 318"
        role="img"
        aria-label={`${t('board.hours_label')} ${sentence}`}
      >
        {all.map((b) => (
          <Bar key={b.hour.from} bar={b} label={label(b)} narrow={all.length > 8} />
        ))}
        <path d={`M0 ${floor}H${width}`} stroke="var(--st-ink-2)" strokeWidth="3" />
      </svg>
    </div>
  )
}

function Bar({ bar, label, narrow }: { bar: HourBar; label: string; narrow: boolean }) {
  const t = useT()
  const { x, width: w, hour, when } = bar
  const plan = when === 'now' ? hour.plan_now : hour.plan
  return (
    <g>
      {hour.plan !== undefined && (
        <rect
          x={x + 1.5}
          y={floor - bar.plan}
          width={w - 3}
          height={bar.plan}
          fill={when === 'ahead' ? 'none' : 'var(--st-sunken)'}
          stroke="var(--st-line-strong)"
          strokeWidth="3"
          strokeDasharray={when === 'past' ? undefined : '10 8'}
        />
      )}
      {bar.packed > 0 && <rect x={x} y={floor - bar.packed} width={w} height={bar.packed} fill="var(--st-fill-2)" />}
      {bar.missing > 0 && (
        <>
          <rect
            x={x + 1.5}
            y={floor - bar.packed - bar.missing}
            width={w - 3}
            height={bar.missing}
            fill="var(--st-warn)"
            stroke="var(--st-warn-line)"
            strokeWidth="3"
          />
          {bar.missing > 60 && (
            <g
              transform={`translate(${x + w / 2 - 26} ${floor - bar.packed - bar.missing / 2 - 26})`}
              color="var(--st-on-warn)"
            >
              <IconAlertTriangle width={52} height={52} aria-hidden />
            </g>
          )}
        </>
      )}
      {when === 'ahead' ? (
        <text x={x} y="48" fontSize={narrow ? 24 : 32} fill="var(--st-ink-2)">
          {plan === undefined ? '' : narrow ? plan : t('board.plan', { n: plan })}
        </text>
      ) : (
        <text x={x} y="48" fontSize={narrow ? 36 : 44} fontWeight="600" fill="var(--st-ink)">
          {hour.packed}
          {plan !== undefined && (
            <tspan fontSize={narrow ? 26 : 32} fontWeight="400" fill="var(--st-ink-2)">{` / ${plan}`}</tspan>
          )}
        </text>
      )}
      <text
        x={x}
        y="302"
        fontSize="32"
        fontWeight={when === 'now' ? 700 : undefined}
        fill={when === 'now' ? 'var(--st-ink)' : 'var(--st-ink-2)'}
      >
        {when === 'now' && !narrow ? t('board.hour_now', { hour: label }) : label}
      </text>
    </g>
  )
}
