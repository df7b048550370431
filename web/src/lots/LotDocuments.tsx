import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lotDocumentsQuery } from '../documents/document'
import { useT } from '../i18n/i18n'
import { can, useMe } from '../session/session'
import { Time } from '../time/Time'
import type { Lot } from './lot'
import classes from './lots.module.css'

/** The frozen revisions that a lot is made by, and what is in force since. */
export function LotDocuments({ lot }: { lot: Lot }) {
  const t = useT()
  const mayRead = can(useMe(), 'document.read')
  const query = useQuery({ ...lotDocumentsQuery(lot.lot), enabled: mayRead && Boolean(lot.revision) })
  const seen = new Set<string>()
  const documents = (query.data ?? []).filter((d) => !seen.has(`${d.kind}/${d.id}`) && seen.add(`${d.kind}/${d.id}`))
  if (documents.length === 0) return null
  return (
    <dl className={classes.facts}>
      {documents.map((d) => (
        <div key={`${d.kind}/${d.id}`}>
          <dt className="label">{t(`documents.kind.${d.kind}`)}</dt>
          <dd>
            <Link
              className="id"
              to="/documents/$kind/$id/$revision"
              params={{ kind: d.kind, id: d.id, revision: d.revision }}
            >
              {t('documents.rev', { id: d.id, revision: d.revision })}
            </Link>
            {d.newer && (
              <span className="label">
                {' '}
                {t('documents.order.newer', { revision: d.newer })} <Time value={d.newer_since} form="inline" />
              </span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}
