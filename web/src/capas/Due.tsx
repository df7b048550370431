import { IconAlertTriangle } from '@tabler/icons-react'
import { useT } from '../i18n/i18n'
import { Note } from '../status/Status'
import { useNow } from '../time/now'
import { Time } from '../time/Time'

const day = 24 * 60 * 60 * 1000

/** A due date; past it says by how many days, with its sign. */
export function Due({ at, ended, size = 'body' }: { at?: string; ended?: boolean; size?: 'body' | 'label' }) {
  const t = useT()
  const now = useNow()
  if (!at) return <>–</>
  const late = now - Date.parse(at)
  if (ended || late <= 0) return <Time value={at} />
  return (
    <Note tone="warn" icon={IconAlertTriangle} size={size}>
      {late < day ? t('capas.late_today') : t('capas.late', { count: Math.floor(late / day) })}
    </Note>
  )
}
