import { Link } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { Note, Status } from '../status/Status'
import { IconUnknown } from '../status/icons'
import { Time } from '../time/Time'
import { kinds, type Deviation } from './historyRecord'
import classes from './record.module.css'

/** What did not go as planned, one line each: weight, kind, fact, time and who. What is open has a colour, the rest is grey. */
export function DeviationList({ deviations, lot }: { deviations: Deviation[]; lot?: string }) {
  return (
    <ul className={classes.deviations}>
      {deviations.map((deviation, i) => (
        <Row key={`${deviation.kind}/${deviation.ref}/${i}`} deviation={deviation} lot={lot} />
      ))}
    </ul>
  )
}

function Row({ deviation, lot }: { deviation: Deviation; lot?: string }) {
  const t = useT()
  const kind = kinds[deviation.kind]
  const held = deviation.open && deviation.kind === 'hold'
  return (
    <li data-open={deviation.open || undefined}>
      <Note tone={held ? 'hold' : deviation.open ? 'warn' : 'plain'} icon={kind?.icon ?? IconUnknown} size="body">
        {kind ? t(kind.key) : deviation.kind}
        {deviation.open && `, ${t('records.open')}`}
      </Note>
      <span>
        {lot && (
          <Link to="/lots/$lot" params={{ lot }} className="id">
            {lot}
          </Link>
        )}{' '}
        <b>{deviation.text}</b>
      </span>
      <Status of="severity" state={deviation.severity} tone={deviation.open ? undefined : 'plain'} size="label" />
      <span className={classes.when}>
        <Time value={deviation.at} />
        {deviation.by && `, ${deviation.by}`}
      </span>
    </li>
  )
}
