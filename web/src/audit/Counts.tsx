import { useT } from '../i18n/i18n'
import { Quantity } from '../value/Quantity'
import classes from './audit.module.css'
import type { Summary } from './reviews'
import { actionWord, nounWord } from './trail'

/** How often what was done, in a period of the trail. */
export function Counts({ counts }: { counts: Summary['counts'] }) {
  const t = useT()
  return (
    <ul className={classes.counts} aria-label={t('audit.review.counts')}>
      {(counts ?? []).map((c) => (
        <li key={`${c.noun}/${c.action}`}>
          {nounWord(t, c.noun)}, {actionWord(t, c.action)}: <Quantity value={String(c.count)} strong />
        </li>
      ))}
    </ul>
  )
}
