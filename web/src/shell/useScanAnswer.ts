import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import { answer as answerOf, api, type Schemas } from '../api/http'
import { problemOf } from '../message/ErrorAlert'
import { useT } from '../i18n/i18n'

export type ScanAnswer = Schemas['ScanAnswer']

/** Asks the server what a scanned code is, and opens it. The code itself is shown at once. */
export function useScanAnswer() {
  const navigate = useNavigate()
  const t = useT()
  return async (code: string) => {
    const id = `scan-${Date.now()}`
    notifications.show({ id, message: t('app.scan.read', { code }), loading: true, autoClose: false })
    try {
      const answer = await answerOf(api.POST('/api/v1/scans', { body: { code } }))
      if (answer.subject && (answer.kind === 'lot' || answer.kind === 'component')) {
        notifications.hide(id)
        await navigate({ to: '/lots/$lot', params: { lot: answer.subject } })
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
