import { useT, type Key } from '../i18n/i18n'

const kinds: Record<string, Key> = {
  operation_confirmed: 'erp.kind.operation_confirmed',
  order_confirmed: 'erp.kind.order_confirmed',
}

/** The word for a kind of message; another kind shows its own name. */
export function useKindWord() {
  const t = useT()
  return (kind: string) => (kinds[kind] ? t(kinds[kind]) : kind.replaceAll('_', ' '))
}
