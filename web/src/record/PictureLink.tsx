import { Button, Modal } from '@mantine/core'
import { IconPhoto } from '@tabler/icons-react'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { Picture } from './Picture'
import type { Vision } from './record'

/** Opens the picture that a verdict was given on, with what the model found. */
export function PictureLink({ vision }: { vision: Vision }) {
  const t = useT()
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button
        size="compact-sm"
        mih="1.625rem"
        leftSection={<IconPhoto className="icon" aria-hidden />}
        onClick={() => setOpened(true)}
      >
        {t('record.picture')}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t('record.picture_of', { camera: vision.camera, lot: vision.lot })}
        closeButtonProps={{ 'aria-label': t('message.close') }}
        size="xl"
      >
        <Picture vision={vision} />
      </Modal>
    </>
  )
}
