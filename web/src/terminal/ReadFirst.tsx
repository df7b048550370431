import { Button, Modal } from '@mantine/core'
import { IconBook } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Schemas } from '../api/http'
import { ConfirmReading } from '../documents/ConfirmReading'
import { ContentView } from '../documents/ContentView'
import { Differences } from '../documents/Differences'
import { lotDocumentsQuery, revisionQuery, revisionsQuery, type Revision } from '../documents/document'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ErrorAlert } from '../message/ErrorAlert'
import type { Job } from './job'
import classes from './terminal.module.css'

type Doc = Schemas['DocumentView']
export type Unread = Doc[]

/** The documents that the operator must read before going on here, and those of the step for looking up. */
export function useDocuments(job: Job | undefined, step: string | undefined) {
  const query = useQuery({ ...lotDocumentsQuery(job?.card.lot ?? ''), enabled: job !== undefined })
  const all: Doc[] = query.data ?? []
  const queued = job?.progress.state === 'queued'
  const here = all.filter((d) => !d.operation || (d.operation === job?.operation.id && (queued || d.step === step)))
  return { unread: here.filter((d) => d.must_read && !d.read), instruction: here.find((d) => d.kind === 'instruction') }
}

/** Stops the work softly until what is new has been read: one button, and the document opens over the screen. */
export function ReadFirst({ unread }: { unread: Doc[] }) {
  const t = useT()
  const [open, setOpen] = useState(false)
  const first = unread[0]
  if (!first) return null
  return (
    <section className={classes.band} data-tone="warn" role="status">
      <IconBook aria-hidden />
      <p>
        <b>{t('documents.read.first', { id: first.id, revision: first.revision })}</b> {first.name}
      </p>
      <button type="button" onClick={() => setOpen(true)}>
        {t('documents.read.open')}
      </button>
      {open && <Reading document={first} onClose={() => setOpen(false)} />}
    </section>
  )
}

/** Opens the step's instruction for looking it up. */
export function InstructionButton({ document }: { document: Doc }) {
  const t = useT()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button leftSection={<IconBook className="icon" aria-hidden />} onClick={() => setOpen(true)}>
        {t('documents.rev', { id: document.id, revision: document.revision })}
      </Button>
      {open && <Reading document={document} onClose={() => setOpen(false)} />}
    </>
  )
}

function Reading({ document, onClose }: { document: Doc; onClose: () => void }) {
  const t = useT()
  const query = useQuery(revisionQuery(document))
  return (
    <Modal
      opened
      onClose={onClose}
      fullScreen
      title={`${t('documents.rev', { id: document.id, revision: document.revision })}, ${document.name}`}
      closeButtonProps={{ 'aria-label': t('message.close') }}
    >
      {query.isPending && <Rows />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && (
        <div className={classes.reading}>
          {document.must_read && !document.read && <ConfirmReading revision={query.data} onDone={onClose} />}
          <WhatIsNew revision={query.data} />
          <ContentView kind={query.data.kind} content={query.data.content} />
        </div>
      )}
    </Modal>
  )
}

/** Who knows the revision before reads first what has changed. */
function WhatIsNew({ revision }: { revision: Revision }) {
  const revisions = useQuery(revisionsQuery(revision.kind, revision.id))
  const all = revisions.data ?? []
  const before = all[all.findIndex((r) => r.revision === revision.revision) + 1]
  if (!before) return null
  return <Differences revision={revision} from={before.revision} others={[before]} />
}
