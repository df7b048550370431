import { Anchor, Breadcrumbs, Button, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import lots from '../lots/lots.module.css'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Facts } from '../value/Facts'
import { useLimits } from '../value/Quantity'
import { studiesPath, studyQuery, type StudyView } from './gauge'
import { StudyGrid } from './StudyGrid'
import { StudyResult } from './StudyResult'

const route = getRouteApi('/shell/gauge-studies/$study')

/** One study: the grid of readings, and what they say once all are there. */
export function StudyPage() {
  const { study } = route.useParams()
  const query = useQuery(studyQuery(study))
  return (
    <article className={lots.page}>
      {query.isPending && <Rows />}
      {query.isError && !query.data && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Body study={query.data} />}
    </article>
  )
}

function Body({ study }: { study: StudyView }) {
  const t = useT()
  const me = useMe()
  const limits = useLimits()
  const [closing, setClosing] = useState(false)
  const complete = study.done >= study.needed
  const runs = !study.closed_at && can(me, 'study.run')
  return (
    <>
      <div>
        <Breadcrumbs separator="/" className={lots.crumb} component="nav" aria-label={t('studies.title')}>
          <Anchor renderRoot={(props) => <Link to="/gauge-studies" {...props} />}>{t('studies.title')}</Anchor>
          <span className="id">{study.id}</span>
        </Breadcrumbs>
        <div className={lots.head}>
          <h1>{t('studies.heading', { gauge: study.gauge, characteristic: study.characteristic })}</h1>
          <Status of="study" state={study.closed_at ? 'closed' : complete ? 'complete' : 'open'} variant="tag" />
          <span className="grow" />
          {runs && complete && (
            <Button variant="filled" onClick={() => setClosing(true)}>
              {t('studies.conclude')}
            </Button>
          )}
        </div>
        <Facts
          rows={[
            [
              t('studies.tolerance'),
              limits(study.lower, study.upper) && `${limits(study.lower, study.upper)} ${study.unit ?? ''}`,
            ],
            [t('studies.readings'), t('studies.readings_of', { n: study.done, of: study.needed })],
            [t('studies.conclusion'), study.conclusion],
            [t('studies.concluded_by'), study.closed_by],
          ]}
        />
      </div>
      {study.anova && study.range && <StudyResult study={study} />}
      <StudyGrid key={study.readings?.length ?? 0} study={study} editable={runs} />
      {closing && <Conclude study={study} onClose={() => setClosing(false)} />}
    </>
  )
}

function Conclude({ study, onClose }: { study: StudyView; onClose: () => void }) {
  const t = useT()
  const [word, setWord] = useState('')
  const command = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('studies.conclude_title', { id: study.id })}
      confirm={t('studies.conclude')}
      busy={command.isPending}
      disabled={word.trim() === ''}
      error={command.error}
      onConfirm={() =>
        command.mutate({ path: `${studiesPath}/${study.id}/conclude`, body: { conclusion: word.trim() } })
      }
    >
      <Textarea
        label={t('studies.conclusion')}
        description={t('studies.conclude_help')}
        value={word}
        maxLength={1000}
        autosize
        minRows={2}
        onChange={(event) => setWord(event.currentTarget.value)}
        data-autofocus
      />
    </ConfirmDialog>
  )
}
