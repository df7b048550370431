import { Button, Center } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { EmptyState } from '../message/EmptyState'

export function NotFound() {
  const t = useT()
  return (
    <Center mih="60vh" p="lg">
      <EmptyState
        title={t('message.not_found.title')}
        action={<Button renderRoot={(props) => <Link to="/" {...props} />}>{t('message.not_found.home')}</Button>}
      >
        {t('message.not_found.text')}
      </EmptyState>
    </Center>
  )
}
