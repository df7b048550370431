import { Button, Center } from '@mantine/core'
import { useT } from '../i18n/i18n'
import { EmptyState } from '../message/EmptyState'

/** A defect of ours on one screen; the rest of the app goes on. */
export function Crash({ error }: { error: unknown }) {
  const t = useT()
  return (
    <Center mih="60vh" p="lg">
      <EmptyState
        title={t('message.crash.title')}
        action={<Button onClick={() => window.location.reload()}>{t('message.crash.reload')}</Button>}
      >
        {t('message.crash.text')}
        <small className="label"> {error instanceof Error ? error.message : ''}</small>
      </EmptyState>
    </Center>
  )
}
