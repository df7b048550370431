import {
  IconAlertTriangle,
  IconArrowsExchange,
  IconCalendarEvent,
  IconCertificate,
  IconCircleX,
  IconClock,
  IconEye,
  IconFlag,
  IconLock,
  IconPencil,
  IconPlayerPause,
  IconPrinter,
  IconRepeat,
  IconReplace,
  IconRotateClockwise,
  IconRuler,
  IconScale,
  IconSignature,
  IconTrash,
} from '@tabler/icons-react'
import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import type { Key } from '../i18n/i18n'
import { IconUnknown, type Icon } from '../status/icons'

export type LotRecord = Schemas['LotRecord']
export type OrderRecord = Schemas['OrderRecord']
export type Deviation = Schemas['Deviation']
export type DeviationKind = Deviation['kind']
export type RecordRelease = Schemas['RecordRelease']
export type RecordState = RecordRelease['state']
export type Severity = Deviation['severity']
export type Signature = Schemas['Signature']
export type Noun = 'lot_record' | 'order_record'

export const lotRecordPath = (lot: string) => `/lots/${encodeURIComponent(lot)}/record`
export const orderRecordPath = (number: string) => `/work-orders/${encodeURIComponent(number)}/record`

/** The whole record of a lot. It is old when the lot, its verdicts or its release change. */
export const lotRecordQuery = (lot: string) =>
  queryOptions({
    queryKey: ['lots', lot, 'history-record'],
    queryFn: () => answer(api.GET('/api/v1/lots/{lot}/record', { params: { path: { lot } } })),
  })

export const orderRecordQuery = (number: string) =>
  queryOptions({
    queryKey: ['orders', number, 'history-record'],
    queryFn: () => answer(api.GET('/api/v1/work-orders/{number}/record', { params: { path: { number } } })),
  })

/** Icon and word of each kind; the severity brings the colour. */
export const kinds: Record<DeviationKind, { key: Key; icon: Icon }> = {
  hold: { key: 'records.kind.hold', icon: IconLock },
  defect: { key: 'records.kind.defect', icon: IconFlag },
  rework: { key: 'records.kind.rework', icon: IconRotateClockwise },
  review: { key: 'records.kind.review', icon: IconEye },
  overridden: { key: 'records.kind.overridden', icon: IconPencil },
  failed_step: { key: 'records.kind.failed_step', icon: IconCircleX },
  undecided: { key: 'records.kind.undecided', icon: IconUnknown },
  repeated: { key: 'records.kind.repeated', icon: IconRepeat },
  by_hand: { key: 'records.kind.by_hand', icon: IconPencil },
  silent: { key: 'records.kind.silent', icon: IconUnknown },
  scrap: { key: 'records.kind.scrap', icon: IconTrash },
  withdrawn: { key: 'records.kind.withdrawn', icon: IconCircleX },
  late_verdict: { key: 'records.kind.late_verdict', icon: IconClock },
  stray_verdict: { key: 'records.kind.stray_verdict', icon: IconEye },
  component_replaced: { key: 'records.kind.component_replaced', icon: IconReplace },
  near_limit: { key: 'records.kind.near_limit', icon: IconRuler },
  unqualified: { key: 'records.kind.unqualified', icon: IconCertificate },
  revision_changed: { key: 'records.kind.revision_changed', icon: IconArrowsExchange },
  signature_missing: { key: 'records.kind.signature_missing', icon: IconSignature },
  signature_voided: { key: 'records.kind.signature_voided', icon: IconSignature },
  clock: { key: 'records.kind.clock', icon: IconClock },
  long_pause: { key: 'records.kind.long_pause', icon: IconPlayerPause },
  quantity: { key: 'records.kind.quantity', icon: IconScale },
  reprinted: { key: 'records.kind.reprinted', icon: IconPrinter },
  skipped: { key: 'records.kind.skipped', icon: IconCircleX },
  message_refused: { key: 'records.kind.message_refused', icon: IconAlertTriangle },
  cancelled: { key: 'records.kind.cancelled', icon: IconCircleX },
  nonconformance: { key: 'records.kind.nonconformance', icon: IconFlag },
  order_changed: { key: 'records.kind.order_changed', icon: IconCalendarEvent },
}

/** Where the release of a record stands now: a release of what has changed since is none. */
export function releaseState(releases: RecordRelease[], hash: string): RecordState | 'none' | 'changed' {
  const last = releases.at(-1)
  if (!last) return 'none'
  return last.state === 'released' && last.hash !== hash ? 'changed' : last.state
}

const ranks: Severity[] = ['critical', 'high', 'medium', 'low']

/** The gravest of several deviations; undefined when there is none. */
export const worstOf = (deviations: Deviation[]): Severity | undefined =>
  ranks.find((severity) => deviations.some((d) => d.severity === severity))

/** How much stands in a lot's record. */
export function countsOf(record: LotRecord) {
  const steps = (record.content.operations ?? []).flatMap((operation) => operation.steps ?? [])
  return {
    values: steps.reduce((n, step) => n + (step.values?.length ?? 0), 0),
    components: steps.reduce((n, step) => n + (step.components?.length ?? 0), 0),
    signatures: (record.content.signatures?.length ?? 0) + (record.beside.signatures?.length ?? 0),
  }
}
