import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import { send } from '../api/http'
import { problemOf } from '../message/ErrorAlert'
import { useT } from '../i18n/i18n'

export interface ScanAnswer {
  kind: 'lot' | 'component' | 'account' | 'order' | 'unknown' | string
  subject: string
  text: string
  fits_step?: boolean
}

/** Asks the server what a scanned code is, and opens it. The code itself is shown at once. */
export function useScanAnswer() {
  const navigate = useNavigate()
  const t = useT()
  return async (code: string) => {
    const id = `scan-${Date.now()}`
    notifications.show({ id, message: t('app.scan.read', { code }), loading: true, autoClose: false })
    try {
      const answer = await send<ScanAnswer>('/scans', { code })
      if (answer.kind === 'lot' || answer.kind === 'component') {
        notifications.hide(id)
        await navigate({ to: '/lots/$lot', params: { lot: answer.subject } })
      } else if (answer.kind === 'order') {
        notifications.hide(id)
        await navigate({ to: '/orders', search: { sel: answer.subject } })
      } else
        notifications.update({
          id,
          message: answer.text || t('app.scan.unknown', { code }),
          loading: false,
          autoClose: 6000,
        })
    } catch (error) {
      const problem = problemOf(t, error)
      notifications.update({
        id,
        title: problem.detail ?? problem.title,
        message: problem.action ?? '',
        loading: false,
        autoClose: 8000,
      })
    }
  }
}
