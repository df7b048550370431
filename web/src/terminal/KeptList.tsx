import { useT } from '../i18n/i18n'
import { useTimeText } from '../time/Time'
import classes from './terminal.module.css'
import type { Terminal } from './useTerminal'

/** What waits here to be sent, oldest first: the order in which it goes out. */
export function KeptList({ terminal, lot }: { terminal: Terminal; lot?: string }) {
  const t = useT()
  const text = useTimeText()
  const kept = terminal.entries.filter((entry) => entry.state === 'kept' && (!lot || entry.about === lot))
  return (
    <div className={classes.kept}>
      <span className="label">{kept.length > 0 ? t('terminal.kept_title') : t('terminal.kept_none')}</span>
      <ol>
        {kept.slice(0, lot ? 4 : 12).map((entry) => (
          <li key={entry.key}>
            <time>{text(new Date(entry.at).toISOString(), 'seconds', false)}</time>
            {entry.label}
          </li>
        ))}
      </ol>
    </div>
  )
}
