import { useT } from '../i18n/i18n'
import { EmptyState } from '../message/EmptyState'
import type { Terminal } from './useTerminal'

/** Nothing to do here: said calmly, with what would change that. */
export function Idle({ terminal }: { terminal: Terminal }) {
  const t = useT()
  const waiting = (terminal.queue.data?.next ?? []).length
  return (
    <EmptyState title={t('terminal.idle.title')}>
      {waiting > 0 ? t('terminal.idle.waiting', { count: waiting }) : t('terminal.idle.text')}
    </EmptyState>
  )
}
