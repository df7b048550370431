import { Alert, Button, Select, SegmentedControl } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api, type Schemas } from '../api/http'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Checks } from '../vision/Checks'
import { PictureView } from '../vision/PictureView'
import { wordOf, type NamedZone } from '../vision/vision'
import type { InspectionRule } from './document'
import classes from './rule.module.css'

type Picture = Schemas['TrialPicture']

const usePreview = (content: InspectionRule, model: string | undefined) => {
  const [settled] = useDebouncedValue(content, 250)
  return useQuery({
    // Not under documents: a change of a document does not make stored pictures old.
    queryKey: ['rule-preview', settled, model],
    queryFn: () =>
      answer(
        api.POST('/api/v1/inspection-rules/preview', { body: { content: settled, filter: { model, last: 60 } } }),
      ).then((page) => page.items ?? []),
    placeholderData: keepPreviousData,
    retry: false,
    refetchOnWindowFocus: false,
  })
}

/** The rule on stored pictures while it is edited, judged by the server as it would judge at the door. */
export function RulePreview({ rule }: { rule: InspectionRule }) {
  const t = useT()
  const [model, setModel] = useState<string>()
  const [only, setOnly] = useState('all')
  const [at, setAt] = useState(0)
  const query = usePreview(rule, model)
  const all = query.data ?? []
  const shown = all.filter(
    (p) => only === 'all' || (only === 'changed' ? p.judged.verdict !== p.verdict : p.judged.verdict === only),
  )
  const current = shown[Math.min(at, shown.length - 1)]
  const tally = (verdict: string) => all.filter((p) => p.judged.verdict === verdict).length
  const filter = (next: string) => {
    setOnly(next)
    setAt(0)
  }
  return (
    <section className={classes.preview} aria-labelledby="preview-title">
      <h2 id="preview-title">{t('documents.preview.title')}</h2>
      <p className="label">{t('documents.preview.text')}</p>
      {query.isPending && <Rows count={3} />}
      {query.isError && <ErrorAlert error={query.error} />}
      {query.data && all.length === 0 && (
        <EmptyState title={t('documents.preview.none')}>{t('documents.preview.none_text')}</EmptyState>
      )}
      {all.length > 0 && (
        <>
          <div className={classes.tools}>
            <SegmentedControl
              aria-label={t('documents.preview.only')}
              value={only}
              onChange={filter}
              data={[
                { value: 'all', label: t('documents.preview.all', { count: all.length }) },
                ...(['pass', 'fail', 'undecided'] as const).map((value) => ({
                  value,
                  label: `${t(`status.verdict.${value === 'undecided' ? 'review' : value}`)} ${tally(value)}`,
                })),
                {
                  value: 'changed',
                  label: t('documents.preview.changed', {
                    count: all.filter((p) => p.judged.verdict !== p.verdict).length,
                  }),
                },
              ]}
            />
            <Select
              aria-label={t('reviews.by.model')}
              placeholder={t('reviews.by.model')}
              clearable
              clearButtonProps={{ 'aria-label': t('list.clear') }}
              data={[...new Set(all.map((p) => p.model).filter(Boolean))]}
              value={model ?? null}
              onChange={(value) => setModel(value ?? undefined)}
            />
          </div>
          {!current && <Alert>{t('documents.preview.none_so')}</Alert>}
          {current && <Shown picture={current} rule={rule} />}
          {shown.length > 1 && (
            <div className={classes.steps}>
              <Button disabled={at <= 0} onClick={() => setAt(Math.max(at - 1, 0))}>
                {t('documents.preview.previous')}
              </Button>
              <span role="status">
                {t('documents.preview.nth', { n: Math.min(at + 1, shown.length), total: shown.length })}
              </span>
              <Button disabled={at >= shown.length - 1} onClick={() => setAt(at + 1)}>
                {t('documents.preview.next')}
              </Button>
            </div>
          )}
        </>
      )}
    </section>
  )
}

function Shown({ picture, rule }: { picture: Picture; rule: InspectionRule }) {
  const t = useT()
  const zones = (rule.checks ?? []).flatMap((c): NamedZone[] =>
    c.zone ? [{ check: c.id, class: c.class, ...c.zone }] : [],
  )
  return (
    <div data-verdict={picture.judged.verdict} data-picture={picture.id}>
      <PictureView
        image={picture.image}
        alt={t('documents.preview.alt', { lot: picture.lot || picture.camera })}
        size={picture.picture}
        boxes={picture.predictions ?? []}
        judged={picture.judged}
        zones={zones}
      />
      <p className={classes.verdicts}>
        <span>
          {t('documents.preview.now')} <Status of="verdict" state={wordOf(picture.judged.verdict)} />
        </span>
        <span>
          {t('documents.preview.then')} <Status of="verdict" state={wordOf(picture.verdict)} />
        </span>
        {picture.label && (
          <span>
            {t('documents.preview.people')} <Status of="verdict" state={wordOf(picture.label)} />
          </span>
        )}
        <span className="label">
          {picture.lot || picture.camera}, <Time value={picture.captured_at} />
        </span>
      </p>
      <Checks checks={picture.judged.checks ?? []} label={t('vision.checks')} />
    </div>
  )
}
