import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useT, type Translate } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ErrorAlert } from '../message/ErrorAlert'
import { compareQuery, type Difference, type Revision } from './document'
import classes from './documents.module.css'
import { placeWords, valueText } from './words'

interface Props {
  revision: Revision
  from: string
  others: Revision[]
}

/** How a revision differs from another one: side by side, in words. */
export function Differences({ revision, from, others }: Props) {
  const t = useT()
  const [other, setOther] = useState(from)
  const query = useQuery(compareQuery(revision, other))
  return (
    <section aria-labelledby="differences-title">
      <div className={classes.sectionHead}>
        <h2 id="differences-title">{t('documents.diff.title')}</h2>
        <Select
          aria-label={t('documents.diff.with')}
          allowDeselect={false}
          w={120}
          data={others.map((r) => ({ value: r.revision, label: t('documents.rev_short', { revision: r.revision }) }))}
          value={other}
          onChange={(value) => setOther(value ?? from)}
        />
      </div>
      {query.isPending && <Rows count={3} />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <DifferenceTable changes={query.data.changes ?? []} from={query.data.from} to={query.data.to} />}
    </section>
  )
}

export function DifferenceTable({ changes, from, to }: { changes: Difference[]; from: string; to: string }) {
  const t = useT()
  if (changes.length === 0) return <p className="label">{t('documents.diff.none')}</p>
  return (
    <table className={classes.diff} aria-label={t('documents.diff.title')}>
      <thead>
        <tr>
          <th scope="col">{t('documents.diff.where')}</th>
          <th scope="col">{t('documents.rev_short', { revision: from })}</th>
          <th scope="col">{t('documents.rev_short', { revision: to })}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={`${change.what} ${change.path.join('/')}`} data-what={change.what}>
            <th scope="row">
              {placeWords(t, change).join(' › ')} <small>{t(`documents.diff.${change.what}`)}</small>
            </th>
            <td>{oldSide(t, change)}</td>
            <td>{newSide(t, change)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function oldSide(t: Translate, change: Difference) {
  return change.old === undefined ? '–' : valueText(t, change.old)
}

function newSide(t: Translate, change: Difference) {
  if (change.what === 'moved')
    return change.after ? t('documents.diff.after', { id: change.after }) : t('documents.diff.first')
  return change.new === undefined ? '–' : valueText(t, change.new)
}
