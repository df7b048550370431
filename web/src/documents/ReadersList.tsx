import { IconCheck, IconHourglass } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useT, type Translate } from '../i18n/i18n'
import { Note } from '../status/Status'
import { Time } from '../time/Time'
import { nobody, readersQuery, type Readers, type Revision } from './document'
import classes from './documents.module.css'

/** Who must read, in one sentence; empty for nobody. */
export function readersText(t: Translate, readers: Readers): string {
  return [
    ...(readers.roles ?? []).map((role) => t(`documents.role.${role}`)),
    ...(readers.people ?? []),
    ...(readers.qualified ?? []).map((q) => t('documents.skill', { id: q.id, level: q.level })),
  ].join(', ')
}

/** Everyone who must read a revision, with when they did. */
export function ReadersList({ revision }: { revision: Revision }) {
  const t = useT()
  const query = useQuery({ ...readersQuery(revision), enabled: !nobody(revision.readers) })
  if (nobody(revision.readers)) return null
  const people = query.data ?? []
  return (
    <section aria-labelledby="readers-title">
      <h2 id="readers-title">
        {t('documents.readers', { read: people.filter((p) => p.read_at).length, of: people.length })}
      </h2>
      <ul className={classes.readers}>
        {people.map((p) => (
          <li key={p.account}>
            <span>{p.name}</span>
            {p.read_at ? (
              <Note tone="plain" icon={IconCheck}>
                <Time value={p.read_at} />
              </Note>
            ) : (
              <Note tone="plain" icon={IconHourglass}>
                {t('documents.not_read')}
              </Note>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
