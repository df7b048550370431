import { Button, Progress } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useCommand } from '../command/useCommand'
import { useLanguage, useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ErrorAlert } from '../message/ErrorAlert'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { formatDecimal } from '../value/decimal'
import { Facts } from '../value/Facts'
import classes from './audit.module.css'
import { newest, proofQuery, type Proof, type Verdict } from './proof'

/** What proves that nobody changed the trail, and the button that proves it again. */
export function ProofPanel() {
  const t = useT()
  const query = useQuery(proofQuery)
  const start = useCommand()
  const running = query.data?.running
  const verify = (whole: boolean) => start.mutate({ path: '/audit/verifications', body: { whole } })
  return (
    <section className={classes.proof} aria-labelledby="proof">
      <header className={classes.proofHead}>
        <h2 id="proof">{t('audit.proof.title')}</h2>
        {query.data && <Standing proof={query.data} />}
        <span className="grow" />
        <Button disabled={!!running} loading={start.isPending} onClick={() => verify(false)}>
          {t('audit.proof.verify_new')}
        </Button>
        <Button disabled={!!running} loading={start.isPending} onClick={() => verify(true)}>
          {t('audit.proof.verify_all')}
        </Button>
      </header>
      {query.isPending && <Rows count={2} />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {start.isError && <ErrorAlert error={start.error} />}
      {running && <Running proof={query.data!} />}
      {query.data?.failed && !running && (
        <p role="status" className={classes.broken}>
          {t('audit.proof.failed')}
        </p>
      )}
      {query.data && <Details proof={query.data} />}
    </section>
  )
}

function Standing({ proof }: { proof: Proof }) {
  const verdict = newest(proof)
  return (
    <Status of="proof" state={verdict === undefined ? 'unchecked' : verdict.ok ? 'holds' : 'broken'} variant="tag" />
  )
}

function Running({ proof }: { proof: Proof }) {
  const t = useT()
  const language = useLanguage()
  const { done, total } = proof.running!
  return (
    <div className={classes.running} role="status">
      <Progress value={total > 0 ? (100 * done) / total : 0} aria-label={t('audit.proof.running')} />
      <span className="label">
        {t('audit.proof.progress', {
          done: formatDecimal(String(done), language),
          total: formatDecimal(String(total), language),
        })}
      </span>
    </div>
  )
}

function Details({ proof }: { proof: Proof }) {
  const t = useT()
  const language = useLanguage()
  const n = (value: number) => formatDecimal(String(value), language)
  const last = proof.last
  return (
    <Facts
      rows={[
        [t('audit.proof.rows'), n(proof.rows)],
        [
          t('audit.proof.checkpoint'),
          last ? (
            <span key="c">
              {t('audit.proof.checkpoint_of', { n: n(last.n), rows: n(last.rows) })}{' '}
              <Time value={last.at} form="full" />
            </span>
          ) : (
            t('audit.proof.none')
          ),
        ],
        [t('audit.proof.newer'), t('audit.proof.newer_text', { count: proof.newer, n: n(proof.newer) })],
        [
          t('audit.proof.key'),
          last && (
            <span key="k">
              <span className="id">{last.key}</span>{' '}
              {t(
                proof.key === undefined
                  ? 'audit.proof.key_unknown'
                  : proof.key === last.key
                    ? 'audit.proof.key_known'
                    : 'audit.proof.key_foreign',
              )}
            </span>
          ),
        ],
        [t('audit.proof.file'), t(proof.log ? 'audit.proof.file_here' : 'audit.proof.file_missing')],
        [t('audit.proof.whole'), <Outcome key="w" verdict={proof.whole} />],
        [t('audit.proof.part'), proof.part && <Outcome key="p" verdict={proof.part} />],
        [
          t('audit.proof.head'),
          newest(proof) && (
            <span key="h" className={classes.hash}>
              {newest(proof)!.head}
            </span>
          ),
        ],
      ]}
    />
  )
}

function Outcome({ verdict }: { verdict?: Verdict }) {
  const t = useT()
  const language = useLanguage()
  if (!verdict) return <>{t('audit.proof.never')}</>
  return (
    <>
      <Time value={verdict.at} form="full" />
      {': '}
      {verdict.ok ? (
        t('audit.proof.fits', { n: formatDecimal(String(verdict.checked), language) })
      ) : (
        <strong className={classes.broken}>
          {verdict.bad
            ? t('audit.proof.bad_row', { id: String(verdict.bad), why: verdict.why ?? '' })
            : t('audit.proof.bad', { why: verdict.why ?? '' })}
        </strong>
      )}
    </>
  )
}
