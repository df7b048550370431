import { Anchor, Breadcrumbs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ErrorAlert } from '../message/ErrorAlert'
import { AsBuilt } from '../record/AsBuilt'
import { can, useMe } from '../session/session'
import { MiniThread } from '../thread/MiniThread'
import { axisOf, threadOf, type Lot } from './lot'
import { LotDocuments } from './LotDocuments'
import { LotFacts } from './LotFacts'
import { LotHead } from './LotHead'
import classes from './lots.module.css'
import { LotRecordParts, LotSentence } from './LotRecord'
import { NotAsPlanned } from './NotAsPlanned'
import { lotQuery } from './queries'
import { OfLot } from '../nonconformances/OfLot'
import { openRequestsQuery, type Noun } from '../sign/sign'
import { SignaturePanel } from '../sign/SignaturePanel'

// The graph library is large, and only this page draws graphs.
const Genealogy = lazy(() => import('../genealogy/Genealogy').then((m) => ({ default: m.Genealogy })))

const route = getRouteApi('/shell/lots/$lot')

/** One lot's whole record: what it is, what was not as planned, where it came from and went, how it was built. */
export function LotPage() {
  const { lot: id } = route.useParams()
  const query = useQuery(lotQuery(id))
  return (
    <article className={classes.page}>
      {query.isPending && <Rows />}
      {query.isError && !query.data && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Detail lot={query.data} />}
    </article>
  )
}

function Detail({ lot }: { lot: Lot }) {
  return (
    <>
      <div>
        <Crumbs lot={lot} />
        <LotHead lot={lot} />
        <LotSentence lot={lot} />
        <LotFacts lot={lot} />
        <LotDocuments lot={lot} />
      </div>
      {lot.origin === 'produced' && <Way lot={lot} />}
      <Unsigned lot={lot} />
      <NotAsPlanned lot={lot} />
      <OfLot lot={lot} />
      <Suspense fallback={<Rows count={6} />}>
        <Genealogy lot={lot.lot} />
      </Suspense>
      {lot.origin === 'produced' && <AsBuilt lot={lot.lot} />}
      <LotRecordParts lot={lot} />
    </>
  )
}

/** What the lot waits for a signature on, with its button: a step's record, or quality's decision. */
function Unsigned({ lot }: { lot: Lot }) {
  const t = useT()
  const query = useQuery(openRequestsQuery(lot.lot))
  const mine = (query.data?.items ?? []).filter((request) => request.title.startsWith(lot.lot))
  return mine.map((request) => (
    <SignaturePanel
      key={request.id}
      heading="h2"
      noun={request.record.noun as Noun}
      id={request.record.id}
      consequence={t(
        request.record.noun === 'step'
          ? 'sign.then.step'
          : request.record.noun === 'review'
            ? 'sign.then.review'
            : 'sign.then.release',
        { lot: lot.lot },
      )}
    />
  ))
}

function Crumbs({ lot }: { lot: Lot }) {
  const t = useT()
  const produced = lot.origin === 'produced'
  return (
    <Breadcrumbs separator="/" className={classes.crumb} component="nav" aria-label={t('lots.crumbs')}>
      <Anchor renderRoot={(props) => <Link to={produced ? '/lots' : '/material'} {...props} />}>
        {produced ? t('lots.title') : t('material.title')}
      </Anchor>
      {lot.order && (
        <Anchor renderRoot={(props) => <Link to="/orders" search={{ sel: lot.order }} {...props} />}>
          {lot.order}
        </Anchor>
      )}
      <span className="id">{lot.lot}</span>
    </Breadcrumbs>
  )
}

/** The lot's thread through its routing, with the whole story behind a link. */
function Way({ lot }: { lot: Lot }) {
  const t = useT()
  const me = useMe()
  const nodes = threadOf(lot, undefined)
  if (nodes.length === 0) return null
  const at = nodes.findIndex((node) => node.state !== 'done')
  const reached = at < 0 ? nodes.length : at
  return (
    <section className={classes.way} aria-label={t('lots.way')}>
      <div>
        <div className={classes.axis} aria-hidden>
          {axisOf(nodes.map((node) => node.label)).map((label) => (
            <span key={label}>{label}</span>
          ))}
        </div>
        <MiniThread
          nodes={nodes}
          pitch={72}
          label={t('lots.thread', { at: lot.operation ?? '', n: reached, total: nodes.length })}
        />
      </div>
      {lot.order && can(me, 'history.read') && (
        <Link to="/orders/$number/history" params={{ number: lot.order }} search={{ lot: lot.lot }}>
          {t('lots.history')}
        </Link>
      )}
    </section>
  )
}
