import { Anchor, Breadcrumbs, Button, Menu, ActionIcon } from '@mantine/core'
import { IconBook, IconDots, IconDownload, IconPencil } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { address } from '../api/http'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { SignaturePanel } from '../sign/SignaturePanel'
import { Note, Status } from '../status/Status'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { ConfirmReading } from './ConfirmReading'
import { ContentView } from './ContentView'
import { Differences } from './Differences'
import { revisionPath, revisionQuery, revisionsQuery, toReadQuery, type Kind, type Revision } from './document'
import classes from './documents.module.css'
import { NewDocument } from './NewDocument'
import { ReadersList, readersText } from './ReadersList'
import { RuleTests } from './RuleTests'
import { SubmitDraft, WithdrawDocument } from './SubmitDraft'

const route = getRouteApi('/shell/documents/$kind/$id/$revision')

/** One revision: what it is, what is open on it, what it says, what has changed, who has read it. */
export function DocumentPage() {
  const { kind, id, revision } = route.useParams()
  const query = useQuery(revisionQuery({ kind: kind as Kind, id, revision }))
  return (
    <article className={classes.page}>
      {query.isPending && <Rows />}
      {query.isError && !query.data && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Detail key={`${kind}/${id}/${revision}`} revision={query.data} />}
    </article>
  )
}

function Detail({ revision: r }: { revision: Revision }) {
  const t = useT()
  const revisions = useQuery(revisionsQuery(r.kind, r.id))
  const all = revisions.data ?? []
  const place = all.findIndex((other) => other.revision === r.revision)
  const before = all[place + 1]?.revision ?? ''
  return (
    <>
      <div>
        <Crumbs revision={r} />
        <Head revision={r} />
        <Why revision={r} />
      </div>
      <Reading revision={r} />
      <div className={classes.columns}>
        <div className={classes.main}>
          {before && <Differences revision={r} from={before} others={all.filter((o) => o.revision !== r.revision)} />}
          <section aria-labelledby="content-title">
            <h2 id="content-title">{t('documents.content')}</h2>
            <ContentView kind={r.kind} content={r.content} />
          </section>
          {r.kind === 'inspection_rule' && <RuleTests revision={r} />}
        </div>
        <aside className={classes.side}>
          <SignaturePanel
            noun="document"
            id={`${r.kind}/${r.id}/${r.revision}`}
            consequence={t('documents.sign.consequence')}
          />
          <Revisions all={all} current={r.revision} />
          <ReadersList revision={r} />
        </aside>
      </div>
    </>
  )
}

function Crumbs({ revision: r }: { revision: Revision }) {
  const t = useT()
  return (
    <Breadcrumbs separator="/" className={classes.crumb} component="nav" aria-label={t('documents.crumbs')}>
      <Anchor renderRoot={(props) => <Link to="/documents" {...props} />}>{t('documents.title')}</Anchor>
      <Anchor renderRoot={(props) => <Link to="/documents" search={{ product: r.kind }} {...props} />}>
        {t(`documents.kind.${r.kind}`)}
      </Anchor>
      <span className="id">{r.id}</span>
    </Breadcrumbs>
  )
}

function Head({ revision: r }: { revision: Revision }) {
  const t = useT()
  const me = useMe()
  const navigate = useNavigate()
  const [dialog, setDialog] = useState<'submit' | 'withdraw' | 'next'>()
  const draft = r.state === 'draft'
  const mayDraft = can(me, 'document.draft')
  const params = { kind: r.kind, id: r.id, revision: r.revision }
  return (
    <header className={classes.head}>
      <h1>
        <span className="id">{t('documents.rev', { id: r.id, revision: r.revision })}</span>, {r.name}
      </h1>
      <Status of="document" state={r.state} variant="tag" />
      {r.source === 'import' && (
        <Note tone="plain" icon={IconDownload}>
          {t('documents.not_signed_here')}
        </Note>
      )}
      <span className="grow" />
      {draft && can(me, 'document.submit') && (
        <Button variant="filled" onClick={() => setDialog('submit')}>
          {t('documents.submit.button')}
        </Button>
      )}
      {draft && mayDraft && (
        <Button
          leftSection={<IconPencil className="icon" aria-hidden />}
          renderRoot={(props) => <Link to="/documents/$kind/$id/$revision/edit" params={params} {...props} />}
        >
          {t('documents.edit.button')}
        </Button>
      )}
      {r.state === 'effective' && mayDraft && (
        <Button onClick={() => setDialog('next')}>{t('documents.draft.button')}</Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label={t('list.more')}>
            <IconDots className="icon" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {(['yaml', 'json'] as const).map((as) => (
            <Menu.Item key={as} component="a" href={address(`${revisionPath(r)}/file`, { as })} download>
              {t('documents.export', { form: as.toUpperCase() })}
            </Menu.Item>
          ))}
          {['draft', 'in_review', 'approved'].includes(r.state) && can(me, 'document.submit') && (
            <Menu.Item onClick={() => setDialog('withdraw')}>{t('documents.withdraw.button')}</Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {dialog === 'submit' && <SubmitDraft revision={r} onClose={() => setDialog(undefined)} />}
      {dialog === 'withdraw' && <WithdrawDocument revision={r} onClose={() => setDialog(undefined)} />}
      {dialog === 'next' && (
        <NewDocument
          from={r}
          onClose={() => setDialog(undefined)}
          onCreated={(next) =>
            void navigate({
              to: '/documents/$kind/$id/$revision/edit',
              params: { kind: next.kind, id: next.id, revision: next.revision },
            })
          }
        />
      )}
    </header>
  )
}

/** Where it stands and why, in facts. */
function Why({ revision: r }: { revision: Revision }) {
  const t = useT()
  return (
    <div className={classes.why}>
      <Facts
        rows={[
          [t('documents.fact.reason'), r.reason],
          [t('documents.fact.authors'), (r.authors ?? []).join(', ')],
          [t('documents.fact.returned'), r.end_reason],
          [
            t('documents.fact.effective_on'),
            r.effective_on && r.state === 'approved' && <Time value={r.effective_on} />,
          ],
          [t('documents.fact.in_force'), r.effective_from && <InForce revision={r} />],
          [t('documents.fact.approved'), r.approved_at && <Approved revision={r} />],
          [t('documents.fact.readers'), readersText(t, r.readers)],
          [t('documents.fact.hash'), <span className="id">{r.hash.slice(0, 16)}…</span>],
        ]}
      />
    </div>
  )
}

function InForce({ revision: r }: { revision: Revision }) {
  const t = useT()
  return (
    <>
      <Time value={r.effective_from} />
      {r.effective_until && (
        <>
          {' – '}
          <Time value={r.effective_until} />, {t('documents.superseded_by', { revision: r.superseded_by ?? '' })}
        </>
      )}
    </>
  )
}

function Approved({ revision: r }: { revision: Revision }) {
  const t = useT()
  return (
    <>
      {r.source === 'import' ? t('documents.imported', { by: r.approved_by ?? '' }) : r.approved_by},{' '}
      <Time value={r.approved_at} />
    </>
  )
}

/** What the reader must read is asked for above all else on the page. */
function Reading({ revision: r }: { revision: Revision }) {
  const t = useT()
  const toRead = useQuery(toReadQuery)
  const mine = (toRead.data ?? []).some((d) => d.kind === r.kind && d.id === r.id && d.revision === r.revision)
  if (!mine) return null
  return (
    <section className={classes.toRead} aria-label={t('documents.to_read')}>
      <Note tone="warn" icon={IconBook} size="body">
        {t('documents.read.must')}
      </Note>
      <ConfirmReading revision={r} />
    </section>
  )
}

function Revisions({ all, current }: { all: Revision[]; current: string }) {
  const t = useT()
  return (
    <section aria-labelledby="revisions-title">
      <h2 id="revisions-title">{t('documents.revisions')}</h2>
      <ul className={classes.revisions}>
        {all.map((r) => (
          <li key={r.revision} aria-current={r.revision === current || undefined}>
            <Link
              to="/documents/$kind/$id/$revision"
              params={{ kind: r.kind, id: r.id, revision: r.revision }}
              className="id"
            >
              {t('documents.rev_short', { revision: r.revision })}
            </Link>
            <Status of="document" state={r.state} size="label" />
            <span className="label">
              {r.effective_from ? <Time value={r.effective_from} form="date" /> : r.changed_by}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
