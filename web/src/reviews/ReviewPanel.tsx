import { Button, Switch } from '@mantine/core'
import { IconZoomIn, IconZoomOut } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ErrorAlert } from '../message/ErrorAlert'
import { useKeys } from '../scan/ScanProvider'
import { can, useMe } from '../session/session'
import { SignDialog } from '../sign/SignDialog'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { Checks } from '../vision/Checks'
import { PictureView } from '../vision/PictureView'
import { wordOf, type Prediction } from '../vision/vision'
import { BoxEditor } from './BoxEditor'
import { Decide } from './Decide'
import { labelsQuery, reviewQuery, type Review } from './review'
import classes from './reviews.module.css'

/** One picture with everything that a person needs to say what it shows. */
export function ReviewPanel({ id, onDone }: { id: string; onDone: () => void }) {
  const query = useQuery(reviewQuery(id))
  return (
    <div className={classes.panel}>
      {query.isPending && <Rows count={4} />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Shown review={query.data} onDone={onDone} />}
    </div>
  )
}

function Shown({ review, onDone }: { review: Review; onDone: () => void }) {
  const t = useT()
  const me = useMe()
  const [showBoxes, setShowBoxes] = useState(true)
  const [showZones, setShowZones] = useState(true)
  const [zoom, setZoom] = useState(1)
  const [boxes, setBoxes] = useState<Prediction[]>()
  const [selected, setSelected] = useState<number>()
  const [request, setRequest] = useState<string>()
  const editing = boxes !== undefined
  const mayLabel = can(me, 'vision.label')
  const known = review.label?.corrected ? (review.label.predictions ?? []) : (review.boxes ?? [])
  const edit = () => setBoxes(editing ? undefined : known.map((box) => ({ ...box })))
  useKeys((key) => {
    const acts: Record<string, () => void> = {
      b: () => setShowBoxes((on) => !on),
      z: () => setShowZones((on) => !on),
      l: () => mayLabel && edit(),
      '+': () => setZoom((z) => Math.min(z * 1.25, 4)),
      '-': () => setZoom((z) => Math.max(z / 1.25, 1)),
    }
    acts[key]?.()
    return key in acts
  }, request === undefined)
  const classesKnown = [...new Set([...(review.boxes ?? []), ...(boxes ?? [])].map((box) => box.class))].sort()
  const add = (box: { x: number; y: number; width: number; height: number }) => {
    setSelected(boxes?.length ?? 0)
    setBoxes([...(boxes ?? []), { ...box, class: classesKnown[0] ?? '', confidence: 1 }])
  }
  const alt = t('reviews.alt', {
    camera: review.camera,
    lot: review.lot || '–',
    found: (review.boxes ?? []).map((box) => `${box.class} ${box.confidence}`).join(', ') || '–',
  })
  return (
    <>
      <div className={classes.see}>
        <div className={classes.bar}>
          <Switch label={t('reviews.show.boxes')} checked={showBoxes} onChange={() => setShowBoxes(!showBoxes)} />
          {(review.zones?.length ?? 0) > 0 && (
            <Switch label={t('reviews.show.zones')} checked={showZones} onChange={() => setShowZones(!showZones)} />
          )}
          <span className="grow" />
          <Button
            size="compact-sm"
            aria-label={t('reviews.zoom_out')}
            onClick={() => setZoom(Math.max(zoom / 1.25, 1))}
          >
            <IconZoomOut className="icon" aria-hidden />
          </Button>
          <Button size="compact-sm" aria-label={t('reviews.zoom_in')} onClick={() => setZoom(Math.min(zoom * 1.25, 4))}>
            <IconZoomIn className="icon" aria-hidden />
          </Button>
          {mayLabel && (
            <Button size="compact-sm" aria-pressed={editing} onClick={edit}>
              {editing ? t('reviews.boxes.discard') : t('reviews.boxes.correct')}
            </Button>
          )}
        </div>
        <PictureView
          image={review.image}
          alt={alt}
          size={review.picture}
          boxes={boxes ?? known}
          judged={editing || review.label?.corrected ? undefined : (review.judged ?? undefined)}
          corrected={editing || review.label?.corrected}
          zones={review.zones ?? []}
          showBoxes={showBoxes}
          showZones={showZones}
          zoom={zoom}
          selected={selected}
          onDraw={editing ? add : undefined}
        />
        {editing && (
          <BoxEditor
            boxes={boxes}
            classesKnown={classesKnown}
            size={review.picture}
            selected={selected}
            onSelect={setSelected}
            onChange={setBoxes}
            onAdd={add}
          />
        )}
      </div>
      <div className={classes.side}>
        <Facts
          rows={[
            [t('vision.column.verdict'), <Status key="v" of="verdict" state={wordOf(review.verdict)} />],
            [t('vision.said'), review.said && <Status key="s" of="verdict" state={wordOf(review.said)} />],
            [t('reviews.person'), review.label && <Person key="p" review={review} onSign={setRequest} />],
            [
              t('vision.column.lot'),
              review.lot && (
                <Link key="l" to="/lots/$lot" params={{ lot: review.lot }} className="id">
                  {review.lot}
                </Link>
              ),
            ],
            [t('vision.column.step'), [review.operation, review.step].filter(Boolean).join(' / ')],
            [t('vision.column.camera'), [review.camera, review.station].filter(Boolean).join(', ')],
            [t('vision.column.model'), review.model],
            [t('vision.rule'), review.rule && `${review.rule.rule} rev ${review.rule.revision}`],
            [t('vision.column.captured'), <Time key="t" value={review.captured_at} form="full" />],
          ]}
        />
        {mayLabel && (
          <Decide review={review} boxes={boxes} keys={request === undefined} onDone={onDone} onAsked={setRequest} />
        )}
        {(review.judged?.checks?.length ?? 0) > 0 && (
          <Checks checks={review.judged!.checks!} label={t('vision.checks')} />
        )}
        <Said id={review.id} />
      </div>
      {request && (
        <SignDialog
          request={request}
          consequence={t(review.lot_waits ? 'reviews.sign.lot' : 'reviews.sign.label')}
          onClose={() => setRequest(undefined)}
          onSigned={onDone}
        />
      )}
    </>
  )
}

function Person({ review, onSign }: { review: Review; onSign: (request: string) => void }) {
  const t = useT()
  const label = review.label!
  return (
    <>
      <Status of="verdict" state={wordOf(label.label)} />{' '}
      {label.state === 'waits' && label.request ? (
        <Button size="compact-sm" onClick={() => onSign(label.request!)}>
          {t('reviews.sign.open')}
        </Button>
      ) : (
        label.by
      )}
    </>
  )
}

/** What people said before, newest first. */
function Said({ id }: { id: string }) {
  const t = useT()
  const query = useQuery(labelsQuery(id))
  const labels = query.data?.items ?? []
  if (labels.length === 0) return null
  return (
    <section aria-label={t('reviews.history')}>
      <h2 className="label">{t('reviews.history')}</h2>
      <ul className={classes.said}>
        {labels.map((label) => (
          <li key={label.id}>
            <Status of="verdict" state={wordOf(label.label)} /> {label.by}, <Time value={label.at} />
            {label.reason && `: ${label.reason}`} ({t(`reviews.state.${label.state}`)})
          </li>
        ))}
      </ul>
    </section>
  )
}
