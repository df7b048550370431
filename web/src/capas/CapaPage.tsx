import { Anchor, Breadcrumbs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ErrorAlert } from '../message/ErrorAlert'
import { SignaturePanel } from '../sign/SignaturePanel'
import { capaQuery, disciplines, type Capa } from './capa'
import { CapaHead } from './CapaHead'
import classes from './capas.module.css'
import { Discipline } from './Discipline'
import { EffectPanel } from './EffectPanel'
import { Former } from './Former'
import { Late } from './Late'
import { Links } from './Links'
import { Thread } from './Thread'
import { Timers } from './Timers'

const route = getRouteApi('/shell/capas/$id')

/** One CAPA: what is open now, the thread of its disciplines, each of them, and the check of its effect. */
export function CapaPage() {
  const { id } = route.useParams()
  const query = useQuery(capaQuery(id))
  return (
    <article className={classes.page}>
      {query.isPending && <Rows />}
      {query.isError && !query.data && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Detail capa={query.data} />}
    </article>
  )
}

function Detail({ capa }: { capa: Capa }) {
  const t = useT()
  return (
    <>
      <div>
        <Breadcrumbs separator="/" component="nav" aria-label={t('capas.title')} className={classes.crumb}>
          <Anchor renderRoot={(props) => <Link to="/capas" {...props} />}>{t('capas.title')}</Anchor>
          <span className="id">{capa.id}</span>
        </Breadcrumbs>
        <CapaHead capa={capa} />
      </div>
      <Late capa={capa} />
      <Asked capa={capa} />
      <Thread capa={capa} />
      <div className={classes.halves}>
        <div className={classes.disciplines}>
          {disciplines.map((d) => (
            <Discipline key={d} capa={capa} d={d} />
          ))}
        </div>
        <aside className={classes.aside}>
          <EffectPanel capa={capa} />
          <Timers capa={capa} />
          <Links capa={capa} />
          <Signed capa={capa} />
          <Former capa={capa} />
        </aside>
      </div>
    </>
  )
}

const parts = ['plan', 'verdict', 'closure'] as const

/** The signature that the CAPA waits for now, where the work stops without it. */
function Asked({ capa }: { capa: Capa }) {
  const t = useT()
  const part = parts.find((p) => capa.state === `${p}_signing`)
  if (!part) return null
  return (
    <div className={classes.asked}>
      <p>{t(`capas.asked.${part}`, { seen: capa.seen ?? '', criterion: capa.criterion ?? '' })}</p>
      <SignaturePanel
        heading="h2"
        noun="capa"
        id={`${capa.id}/${capa.iteration}/${part}`}
        consequence={t(
          part === 'verdict' && capa.record.effect?.outcome === 'not_effective'
            ? 'capas.then.again'
            : `capas.then.${part}`,
        )}
      />
    </div>
  )
}

/** The signatures that were given, part by part. */
function Signed({ capa }: { capa: Capa }) {
  const t = useT()
  const given = parts.filter((part) => capa.record.requests?.[part] && capa.state !== `${part}_signing`)
  if (given.length === 0) return null
  return (
    <section aria-labelledby="signed" className={classes.side}>
      <h2 id="signed">{t('capas.signatures')}</h2>
      {given.map((part) => (
        <div key={part}>
          <b>{t(`capas.part.${part}`)}</b>
          <SignaturePanel noun="capa" id={`${capa.id}/${capa.iteration}/${part}`} />
        </div>
      ))}
    </section>
  )
}
