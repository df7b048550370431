import { Table } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { Status } from '../status/Status'
import type { Capa, D } from './capa'
import classes from './capas.module.css'
import { Fishbone, FishboneList } from './Fishbone'

/** What a discipline says, in readable form. */
export function Content({ capa, d }: { capa: Capa; d: D }) {
  const t = useT()
  const r = capa.record
  switch (d) {
    case 1:
      return r.team.length === 0 ? (
        <Nothing />
      ) : (
        <p>{r.team.map((m) => (m.part ? `${m.account}: ${m.part}` : m.account)).join('. ')}.</p>
      )
    case 2:
      return <Problem capa={capa} />
    case 3:
      return (
        <>
          <Text>{r.containment.text}</Text>
          <Text>{r.containment.sorted}</Text>
          {r.containment.none && <p>{t('capas.none_contained', { why: r.containment.none })}</p>}
          {!r.containment.text && !r.containment.none && <Nothing />}
        </>
      )
    case 4:
      return <Causes capa={capa} />
    case 5:
      return (
        <>
          <Text>{r.plan.text}</Text>
          {capa.criterion && <p>{t('capas.criterion_is', { text: capa.criterion })}</p>}
          {capa.baseline && <p>{t('capas.baseline_is', { text: capa.baseline })}</p>}
          {!r.plan.text && <Nothing />}
        </>
      )
    case 6:
      return r.verified ? <p>{r.verified}</p> : <Nothing />
    case 7:
      return <Prevention capa={capa} />
    case 8:
      return (
        <>
          <Text>{r.closure.lessons}</Text>
          {r.closure.recognition && <p>{t('capas.thanks', { to: r.closure.recognition })}</p>}
          {!r.closure.lessons && <Nothing />}
        </>
      )
  }
}

function Text({ children }: { children: string }) {
  return children ? <p>{children}</p> : null
}

function Nothing() {
  const t = useT()
  return <p className={classes.quiet}>{t('capas.nothing_written')}</p>
}

function Problem({ capa }: { capa: Capa }) {
  const t = useT()
  const p = capa.record.problem
  return (
    <>
      <p>
        <b>{p.extent}</b> {p.what}
        {[p.where, p.when].filter(Boolean).map((part) => `, ${part}`)}
        {p.usual && `. ${t('capas.usual', { text: p.usual })}`}
      </p>
      {p.limits.length > 0 && (
        <Table aria-label={t('capas.is_not')} className={classes.small}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('capas.field.aspect')}</Table.Th>
              <Table.Th scope="col">{t('capas.field.is')}</Table.Th>
              <Table.Th scope="col">{t('capas.field.not')}</Table.Th>
              <Table.Th scope="col">{t('capas.field.difference')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {p.limits.map((line, i) => (
              <Table.Tr key={i}>
                <Table.Th scope="row">{line.aspect}</Table.Th>
                <Table.Td>{line.is}</Table.Td>
                <Table.Td>{line.not}</Table.Td>
                <Table.Td>{line.difference}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </>
  )
}

function Causes({ capa }: { capa: Capa }) {
  const t = useT()
  const r = capa.record
  if (!r.occurrence.text && !r.escape.text && r.fishbone.length === 0 && r.occurrence.whys.length === 0)
    return <Nothing />
  return (
    <>
      {(['occurrence', 'escape'] as const).map((which) => (
        <div key={which} className={classes.cause}>
          <p>
            <b>{t(`capas.why.${which}`)}</b> {r[which].text || t('capas.not_found_yet')}
          </p>
          {r[which].whys.length > 0 && (
            <ol aria-label={t(`capas.whys.${which}`)}>
              {r[which].whys.map((why, i) => (
                <li key={i}>{why}</li>
              ))}
            </ol>
          )}
          {r[which].verified && <p>{t('capas.proven_by', { text: r[which].verified })}</p>}
        </div>
      ))}
      {r.fishbone.length > 0 && (
        <details open={!capa.record.done['4']}>
          <summary>{t('capas.fishbone')}</summary>
          <Fishbone causes={r.fishbone} effect={capa.id} />
          <FishboneList causes={r.fishbone} />
        </details>
      )}
    </>
  )
}

function Prevention({ capa }: { capa: Capa }) {
  const t = useT()
  const p = capa.record.prevention
  if (!p.text && p.documents.length === 0 && p.similar.length === 0) return <Nothing />
  return (
    <>
      <Text>{p.text}</Text>
      <ul className={classes.lines}>
        {p.documents.map((doc) => (
          <li key={`${doc.kind}/${doc.id}/${doc.revision}`}>
            <Link to="/documents/$kind/$id/$revision" params={{ kind: doc.kind, id: doc.id, revision: doc.revision }}>
              {doc.id} {doc.revision}
            </Link>{' '}
            {doc.state && <Status of="document" state={doc.state} size="label" />}{' '}
            <small>{t('capas.read_by', { n: doc.read, total: doc.readers })}</small>
          </li>
        ))}
        {p.similar.map((one, i) => (
          <li key={i}>
            {t(one.concerned ? 'capas.similar_yes' : 'capas.similar_no', { product: one.product })}
            {one.text && `: ${one.text}`}
          </li>
        ))}
      </ul>
    </>
  )
}
