import { localeOf, useLanguage, useT } from '../i18n/i18n'
import { duration } from '../time/duration'
import { Stale } from '../value/Stale'
import { nameOf, type Tag } from './trends'
import classes from './trends.module.css'

/** A tag that rests is recorded once a minute; older than this, its value is only a memory. In s. */
const old = 150

/** The newest value of each tag, with its age where it is too old to be believed. */
export function Newest({ tags }: { tags: Tag[] }) {
  const t = useT()
  const format = new Intl.NumberFormat(localeOf(useLanguage()), { maximumSignificantDigits: 6 })
  return (
    <dl className={classes.newest}>
      {tags.map((tag) => {
        const last = tag.last
        const said = last?.value != null ? `${format.format(last.value)} ${tag.unit}` : last?.text
        const bad = last && last.quality !== 'good'
        const age = last ? t('telemetry.old', { time: duration(t, last.age_s * 1000) }) : t('telemetry.nothing')
        return (
          <div key={tag.id}>
            <dt>{nameOf(tag)}</dt>
            <dd>
              <Stale since={!last || last.age_s > old ? age : bad ? t('telemetry.bad') : undefined}>
                {said || '?'}
              </Stale>
            </dd>
          </div>
        )
      })}
    </dl>
  )
}
