import { IconBook } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { Note } from '../status/Status'
import { Time } from '../time/Time'
import { toReadQuery } from './document'
import classes from './documents.module.css'

/** What the reader must read and has not, above the list; nothing when there is nothing. */
export function ToReadList() {
  const t = useT()
  const query = useQuery(toReadQuery)
  const items = query.data ?? []
  if (items.length === 0) return null
  return (
    <section className={classes.toRead} aria-label={t('documents.to_read')}>
      <Note tone="warn" icon={IconBook} size="body">
        {t('documents.to_read_count', { count: items.length })}
      </Note>
      <ul>
        {items.map((r) => (
          <li key={`${r.kind}/${r.id}/${r.revision}`}>
            <Link
              className="id"
              to="/documents/$kind/$id/$revision"
              params={{ kind: r.kind, id: r.id, revision: r.revision }}
            >
              {t('documents.rev', { id: r.id, revision: r.revision })}
            </Link>{' '}
            {r.name}
            {r.reason && `: ${r.reason}`}
            {r.state === 'approved' && r.effective_on && (
              <span className="label">
                {' '}
                {t('documents.from')} <Time value={r.effective_on} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
