import { useT } from '../i18n/i18n'
import { kinds, type Alert } from './alert'

/** The word for a kind of alert; one that is not listed shows its own name. */
export function useAlertKind() {
  const t = useT()
  return (kind: string) => (kinds[kind] ? t(kinds[kind]) : kind.replaceAll('_', ' '))
}

/** Whom an alert waits for: a person, everyone with a role, or everyone. */
export function useMeantFor() {
  const t = useT()
  return (alert: Alert) => {
    if (alert.account) return alert.account
    return alert.role ? t(`app.role.${alert.role}`) : t('alerts.everyone')
  }
}
