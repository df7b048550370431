import { IconAlertTriangle, IconEye, IconHourglass, IconLock, IconPlayerPlayFilled } from '@tabler/icons-react'
import { useT, type Key } from '../i18n/i18n'
import { Note, Status } from '../status/Status'
import { isHeld, type Lot } from './lot'

const waits: Record<string, Key> = {
  operator: 'lots.wait.operator',
  machine: 'lots.wait.machine',
  camera: 'lots.wait.camera',
  answer: 'lots.wait.answer',
  signature: 'lots.wait.signature',
}

/** What a lot does or waits for now, in one phrase: the hold first, then the trouble, then the work. */
export function NowText({ lot }: { lot: Lot }) {
  const t = useT()
  if (isHeld(lot))
    return (
      <Note tone="hold" icon={IconLock} size="body">
        {t('lots.wait.hold')}
      </Note>
    )
  const station = lot.station ?? lot.wait?.on ?? ''
  if (lot.state === 'queued')
    return (
      <Note tone="plain" icon={IconHourglass} size="body">
        {t('lots.wait.station', { station })}
      </Note>
    )
  if (lot.state === 'review')
    return (
      <Note tone="plain" icon={IconEye} size="body">
        {t('lots.wait.review')}
      </Note>
    )
  if (lot.wait?.kind === 'answer')
    return (
      <Note tone="warn" icon={IconAlertTriangle} size="body">
        {t('lots.wait.answer', { on: lot.wait.on ?? station })}
      </Note>
    )
  if (lot.state === 'running') {
    const key = waits[lot.wait?.kind ?? '']
    const where = lot.operation_name ?? station
    return (
      <Note tone="plain" icon={IconPlayerPlayFilled} size="body">
        {key ? t(key, { on: onOf(lot) ?? station, where }) : where}
      </Note>
    )
  }
  return <Status of="lot" state={lot.state} />
}

/** Whom a lot waits for; a signature's wait says in its reason what it asks. */
const onOf = (lot: Lot) => (lot.wait?.kind === 'signature' ? lot.wait.reason : lot.wait?.on)
