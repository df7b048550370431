import { useT } from '../i18n/i18n'
import type { Cause } from './capa'
import classes from './capas.module.css'
import { layOut } from './fishbone'

/** The cause-and-effect drawing; the list beneath it says the same in words. */
export function Fishbone({ causes, effect }: { causes: Cause[]; effect: string }) {
  const t = useT()
  const { bones, spine, width, height } = layOut(causes)
  return (
    <div className={classes.fishbone} role="group" aria-label={t('capas.fishbone.scroll')} tabIndex={0}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        width="100%"
        style={{ maxWidth: width, minWidth: 560 }}
        role="img"
        aria-label={t('capas.fishbone.sentence', {
          count: causes.length,
          confirmed: causes.filter((c) => c.state === 'confirmed').length,
        })}
      >
        <path d={`M20 ${spine}H${width - 110}`} stroke="var(--st-fill-1)" strokeWidth="3" />
        <path d={`M${width - 110} ${spine - 9}l16 9l-16 9z`} fill="var(--st-fill-1)" />
        <text x={width - 88} y={spine + 4} className={classes.boneHead}>
          {effect}
        </text>
        {bones.map((bone) => (
          <g key={bone.category}>
            <path
              d={`M${bone.head.x} ${bone.head.y}L${bone.foot.x} ${bone.foot.y}`}
              stroke="var(--st-fill-2)"
              strokeWidth="2"
            />
            <text
              x={bone.head.x}
              y={bone.above ? bone.head.y - 6 : bone.head.y + 16}
              textAnchor="middle"
              className={classes.boneHead}
            >
              {t(`capas.category.${bone.category as 'man'}`)}
            </text>
            {bone.causes.map(({ cause, x, y, lines }) => (
              <g key={cause.id} data-state={cause.state} className={classes.bone}>
                {cause.state === 'confirmed' && <rect x={x + 1} y={y - 10} width="8" height="8" />}
                {lines.map((text, i) => (
                  <text key={i} x={x - 4} y={y + i * 14} textAnchor="end">
                    {text}
                  </text>
                ))}
              </g>
            ))}
          </g>
        ))}
      </svg>
    </div>
  )
}

/** The same as a list: category, cause, what became of it and by what. */
export function FishboneList({ causes }: { causes: Cause[] }) {
  const t = useT()
  return (
    <ul className={classes.causes}>
      {causes.map((cause) => (
        <li key={cause.id} data-state={cause.state}>
          <small>{t(`capas.category.${cause.category as 'man'}`)}</small> <b>{cause.text}</b>{' '}
          <span>
            {t(`capas.cause.${cause.state as 'possible'}`)}
            {cause.why ? `: ${cause.why}` : ''}
          </span>
        </li>
      ))}
    </ul>
  )
}
