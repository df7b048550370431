import { Anchor, Breadcrumbs, Button } from '@mantine/core'
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
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { CancelDialog } from './CancelDialog'
import { EntryPad } from './EntryPad'
import { EntryTable } from './EntryTable'
import { inspectionQuery, latestOf, nextSlot, path, slotsOf, type Slot, type View } from './inspection'
import { SampleText } from './InspectionsPage'
import classes from './inspections.module.css'

const route = getRouteApi('/shell/inspections/$inspection')

/** One inspection: what is to be looked at next, large; the whole sample below it. */
export function InspectionPage() {
  const { inspection } = route.useParams()
  const query = useQuery(inspectionQuery(inspection))
  return (
    <article className={lots.page}>
      {query.isPending && <Rows />}
      {query.isError && !query.data && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Body view={query.data} />}
    </article>
  )
}

function Body({ view }: { view: View }) {
  const t = useT()
  return (
    <>
      <div>
        <Breadcrumbs separator="/" className={lots.crumb} component="nav" aria-label={t('inspections.title')}>
          <Anchor renderRoot={(props) => <Link to="/inspections" {...props} />}>{t('inspections.title')}</Anchor>
          <span className="id">{view.id}</span>
        </Breadcrumbs>
        <div className={lots.head}>
          <h1>{view.title}</h1>
          <Status of="inspection" state={view.state} variant="tag" />
        </div>
        <Facts
          rows={[
            [
              t('inspections.column.lot'),
              <Anchor key="lot" renderRoot={(props) => <Link to="/lots/$lot" params={{ lot: view.lot }} {...props} />}>
                <span className="id">{view.lot}</span>
              </Anchor>,
            ],
            [t('inspections.field.material'), view.material],
            [t('inspections.field.supplier'), view.supplier],
            [t('inspections.field.operation'), view.operation],
            [t('inspections.column.sample'), <SampleText key="sample" of={view} />],
            [t('inspections.field.mode'), t(`inspections.mode.${view.mode}`)],
            [
              t('inspections.field.plan'),
              <Anchor
                key="plan"
                renderRoot={(props) => (
                  <Link
                    to="/documents/$kind/$id/$revision"
                    params={{ kind: 'inspection_plan', id: view.plan, revision: view.revision }}
                    {...props}
                  />
                )}
              >
                {view.plan} {t('inspections.rev', { revision: view.revision })}
              </Anchor>,
            ],
            [t('inspections.field.decided'), view.decided_at && <Time key="at" value={view.decided_at} />],
            [t('inspections.field.by'), view.decided_by],
            [t('inspections.field.comment'), view.comment],
          ]}
        />
      </div>
      <Work view={view} />
      {view.sample.size > 0 && view.state !== 'due' && <Sample view={view} />}
    </>
  )
}

/** What there is to do now: draw the sample, or have the decision computed. */
function Work({ view }: { view: View }) {
  const t = useT()
  const me = useMe()
  const command = useCommand<View>()
  const [cancelling, setCancelling] = useState(false)
  const post = (verb: string) => command.mutate({ path: `${path}/${view.id}/${verb}` })
  if (!can(me, 'inspection.run')) return null
  return (
    <>
      {view.state === 'due' && (
        <section className={classes.work} aria-label={t('inspections.start')}>
          <p>
            {view.sample.size > 0
              ? t('inspections.draw', { n: view.sample.size, unit: view.unit })
              : t('inspections.discontinued')}
          </p>
          <div className="row">
            <Button
              variant="filled"
              className={classes.large}
              loading={command.isPending}
              onClick={() => post('start')}
            >
              {t('inspections.start')}
            </Button>
            {!view.asked && can(me, 'inspection.open') && (
              <Button className={classes.large} onClick={() => setCancelling(true)}>
                {t('inspections.cancel')}
              </Button>
            )}
          </div>
        </section>
      )}
      {command.isError && <ErrorAlert error={command.error} onClose={() => command.reset()} />}
      {cancelling && <CancelDialog id={view.id} onClose={() => setCancelling(false)} />}
    </>
  )
}

/** The pad for the next value, how far one is, and the whole sample. */
function Sample({ view }: { view: View }) {
  const t = useT()
  const me = useMe()
  const slots = slotsOf(view)
  const known = latestOf(view)
  const [chosen, setChosen] = useState<Slot>()
  const [deciding, setDeciding] = useState(false)
  const decide = useCommand<View>(() => setDeciding(false))
  const runs = view.state === 'running' && can(me, 'inspection.run')
  const slot = chosen ?? nextSlot(slots, known)
  const lost = view.nonconforming >= view.sample.re
  const ready = view.done >= view.needed || lost
  return (
    <>
      <section className={classes.tally} aria-label={t('inspections.progress')}>
        <Figure label={t('inspections.progress')} value={t('inspections.of', { n: view.done, of: view.needed })} />
        <Figure
          label={t('inspections.nonconforming')}
          value={String(view.nonconforming)}
          note={t('inspections.acre', { ac: view.sample.ac, re: view.sample.re })}
          crit={lost}
        />
        {runs && (
          <Button
            variant={ready ? 'filled' : 'default'}
            className={classes.large}
            disabled={!ready}
            onClick={() => setDeciding(true)}
          >
            {t('inspections.decide')}
          </Button>
        )}
      </section>
      {runs && slot && (
        <EntryPad
          key={`${slot.piece}/${slot.characteristic.id}/${view.entries?.length ?? 0}`}
          view={view}
          slot={slot}
          entry={chosen && known.get(`${slot.piece}/${slot.characteristic.id}`)}
          onStored={() => setChosen(undefined)}
          onLeave={chosen && (() => setChosen(undefined))}
        />
      )}
      <EntryTable view={view} known={known} current={runs ? slot : undefined} onChoose={runs ? setChosen : undefined} />
      {deciding && (
        <ConfirmDialog
          opened
          onClose={() => setDeciding(false)}
          title={t('inspections.decide_title', { id: view.id })}
          confirm={t(lost ? 'inspections.not_accept' : 'inspections.accept')}
          tone={lost ? 'crit' : 'act'}
          busy={decide.isPending}
          error={decide.error}
          onConfirm={() => decide.mutate({ path: `${path}/${view.id}/decide` })}
        >
          <p>
            {t(lost ? 'inspections.will_not_accept' : 'inspections.will_accept', {
              n: view.nonconforming,
              size: view.sample.size,
              ac: view.sample.ac,
              lot: view.lot,
            })}
          </p>
        </ConfirmDialog>
      )}
    </>
  )
}

function Figure({ label, value, note, crit }: { label: string; value: string; note?: string; crit?: boolean }) {
  return (
    <div className={classes.figure} data-crit={crit || undefined}>
      <span className="label">{label}</span>
      <b>{value}</b>
      {note && <small>{note}</small>}
    </div>
  )
}
