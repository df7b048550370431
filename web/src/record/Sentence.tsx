import { useT } from '../i18n/i18n'
import { Status } from '../status/Status'
import { releaseState, type RecordRelease } from './historyRecord'
import classes from './record.module.css'

const outcomes = ['packed', 'scrapped', 'void', 'completed', 'cancelled'] as const

export function useOutcome() {
  const t = useT()
  return (outcome?: string) =>
    t(`records.outcome.${outcomes.find((known) => known === outcome) ?? 'open'}` as 'records.outcome.open')
}

interface Props {
  outcome?: string
  releases: RecordRelease[]
  hash: string
}

/** One sentence about where the record stands, and why. */
export function Sentence({ outcome, releases, hash }: Props) {
  const t = useT()
  const word = useOutcome()
  const state = releaseState(releases, hash)
  if (!outcome) return <p className={classes.sentence}>{t('records.sentence.running')}</p>
  return (
    <p className={classes.sentence}>
      <Status of="record" state={state === 'changed' ? 'voided' : state} variant="tag" />
      {t(`records.sentence.${state}`, { outcome: word(outcome) })}
      {state === 'open' && <a href="#release">{t('records.sentence.go')}</a>}
    </p>
  )
}
