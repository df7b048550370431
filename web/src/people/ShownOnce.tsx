import { Button, Code, CopyButton, Group, Modal } from '@mantine/core'
import { useT } from '../i18n/i18n'

interface Props {
  title: string
  secret: string
  text: string
  onClose: () => void
}

/** A secret that the server shows once. Closing asks for a click of its own, not a click beside the dialogue. */
export function ShownOnce({ title, secret, text, onClose }: Props) {
  const t = useT()
  return (
    <Modal
      opened
      onClose={onClose}
      closeOnClickOutside={false}
      title={title}
      closeButtonProps={{ 'aria-label': t('message.close') }}
    >
      <p>{text}</p>
      <Code block my="md" data-testid="shown-once" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
        {secret}
      </Code>
      <Group>
        <CopyButton value={secret}>
          {({ copied, copy }) => <Button onClick={copy}>{copied ? t('people.copied') : t('people.copy')}</Button>}
        </CopyButton>
        <Button variant="filled" onClick={onClose}>
          {t('people.noted')}
        </Button>
      </Group>
    </Modal>
  )
}
