import { Button } from '@mantine/core'
import { IconGavel } from '@tabler/icons-react'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { can, useMe } from '../session/session'
import { SignaturePanel } from '../sign/SignaturePanel'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Id } from '../value/Quantity'
import { ReasonDialog } from './Dialogs'
import type { Disposition, Nonconformance, Proposal } from './nonconformance'
import classes from './nonconformances.module.css'
import { ProposeDialog } from './ProposeDialog'

/** The material review board: what is proposed, who has signed, what was carried out. */
export function BoardPanel({ nc }: { nc: Nonconformance }) {
  const t = useT()
  const me = useMe()
  const [dialog, setDialog] = useState<'propose' | 'withdraw-proposal'>()
  const proposals = nc.proposals ?? []
  const open = proposals.find((p) => p.state === 'open')
  const left = (nc.lots ?? []).some((lot) => lot.undecided !== '0')
  const decide = can(me, 'nonconformance.decide')
  return (
    <section aria-labelledby="nc-board" className={classes.board}>
      <header className={classes.sectionHead}>
        <h2 id="nc-board">{t('nonconformances.board.title')}</h2>
        <span className="grow" />
        {decide && nc.state === 'open' && left && (
          <Button
            variant="filled"
            leftSection={<IconGavel className="icon" aria-hidden />}
            onClick={() => setDialog('propose')}
          >
            {t('nonconformances.board.propose')}
          </Button>
        )}
        {decide && open && (
          <Button onClick={() => setDialog('withdraw-proposal')}>{t('nonconformances.board.withdraw')}</Button>
        )}
      </header>
      {proposals.length === 0 && <p className="label">{t('nonconformances.board.none')}</p>}
      {proposals.map((p) => (
        <ProposalView key={p.n} nc={nc} proposal={p} />
      ))}
      {dialog === 'propose' && <ProposeDialog nc={nc} onClose={() => setDialog(undefined)} />}
      {dialog === 'withdraw-proposal' && (
        <ReasonDialog nc={nc} command="withdraw-proposal" onClose={() => setDialog(undefined)} />
      )}
    </section>
  )
}

function ProposalView({ nc, proposal: p }: { nc: Nonconformance; proposal: Proposal }) {
  const t = useT()
  return (
    <article className={classes.proposal} aria-label={t('nonconformances.board.proposal', { n: p.n })}>
      <div className={classes.sectionHead}>
        <h3>{t('nonconformances.board.proposal', { n: p.n })}</h3>
        <Status of="proposal" state={p.state} />
        <small>
          {p.proposed_by}, <Time value={p.proposed_at} />
        </small>
      </div>
      <ul className={classes.dispositions}>
        {(p.dispositions ?? []).map((d, i) => (
          <DispositionLine key={i} disposition={d} />
        ))}
      </ul>
      <p>{p.reason}</p>
      {p.end_reason && <p className="label">{p.end_reason}</p>}
      {p.state !== 'withdrawn' && (
        <SignaturePanel
          noun="nonconformance"
          id={`${nc.id}/${p.n}`}
          consequence={<Consequence of={p.dispositions ?? []} />}
        />
      )}
    </article>
  )
}

export function DispositionLine({ disposition: d }: { disposition: Disposition }) {
  const t = useT()
  return (
    <li>
      <Id>{d.lot}</Id> <b>{t(`nonconformances.disposition.${d.kind}`)}</b>{' '}
      {d.kind === 'sort'
        ? t('nonconformances.board.sorted', { quantity: d.quantity, bad: d.bad })
        : t('nonconformances.board.pieces', { quantity: d.quantity })}
      {d.routing && (
        <>
          {', '}
          <span className="id">
            {d.routing} {d.revision}
          </span>
        </>
      )}
      {d.permit && (
        <>
          {', '}
          <span className="id">{d.permit}</span>
        </>
      )}
      {d.note && <small>{d.note}</small>}
    </li>
  )
}

/** What happens at once with the last signature, kind by kind. */
function Consequence({ of }: { of: Disposition[] }) {
  const t = useT()
  const kinds = [...new Set(of.map((d) => d.kind))]
  return <>{kinds.map((kind) => t(`nonconformances.then.${kind}`)).join(' ')}</>
}
