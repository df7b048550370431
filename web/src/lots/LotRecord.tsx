import { useQuery } from '@tanstack/react-query'
import { useT } from '../i18n/i18n'
import { AuditExtract } from '../record/AuditExtract'
import { countsOf, lotRecordQuery } from '../record/historyRecord'
import { Release } from '../record/Release'
import { Sentence } from '../record/Sentence'
import { Signatures } from '../record/Signatures'
import { Work } from '../record/Work'
import { can, useMe } from '../session/session'
import type { Lot } from './lot'
import { shortHash } from '../sign/sign'

/** The lot's whole record, for those who may read it. */
function useRecord(lot: Lot) {
  const me = useMe()
  return useQuery({
    ...lotRecordQuery(lot.lot),
    enabled: lot.origin === 'produced' && !!lot.revision && can(me, 'record.read'),
  }).data
}

/** Where the record stands, in one sentence. */
export function LotSentence({ lot }: { lot: Lot }) {
  const record = useRecord(lot)
  if (!record) return null
  return <Sentence outcome={record.content.outcome} releases={record.beside.releases ?? []} hash={record.hash} />
}

/** How much the record holds, as one of the lot's facts. */
export function LotRecordFact({ lot }: { lot: Lot }) {
  const t = useT()
  const record = useRecord(lot)
  if (!record) return null
  return (
    <div>
      <dt className="label">{t('records.fact.record')}</dt>
      <dd>
        {t('records.fact.counts', countsOf(record))}, <span title={record.hash}>{shortHash(record.hash)}</span>
      </dd>
    </div>
  )
}

/** Release, signatures and audit trail: what makes the page a record. */
export function LotRecordParts({ lot }: { lot: Lot }) {
  const record = useRecord(lot)
  if (!record) return null
  const { content, beside } = record
  return (
    <>
      <Release
        noun="lot_record"
        id={lot.lot}
        hash={record.hash}
        ended={content.outcome !== undefined}
        releases={beside.releases ?? []}
      />
      <Work labour={content.labour} documents={content.documents} />
      <Signatures signatures={content.signatures ?? []} />
      <AuditExtract rows={beside.audit ?? []} />
    </>
  )
}
