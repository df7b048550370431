import { Button, Modal, NumberInput, SegmentedControl, Stack } from '@mantine/core'
import { useState } from 'react'
import { address } from '../api/http'
import { useT } from '../i18n/i18n'
import { filterOf, type ReviewSearch } from './review'

/** The labelled pictures of this view as a data set, for the next model. */
export function ExportDialog({ search, onClose }: { search: ReviewSearch; onClose: () => void }) {
  const t = useT()
  const [form, setForm] = useState('coco')
  const [limit, setLimit] = useState<number | string>(1000)
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('reviews.export.title')}
      closeButtonProps={{ 'aria-label': t('message.close') }}
    >
      <Stack>
        <p>{t('reviews.export.text')}</p>
        <SegmentedControl
          aria-label={t('reviews.export.form')}
          value={form}
          onChange={setForm}
          data={[
            { value: 'coco', label: 'COCO JSON' },
            { value: 'yolo', label: 'YOLO' },
          ]}
        />
        <NumberInput
          label={t('reviews.export.limit')}
          min={1}
          max={5000}
          allowDecimal={false}
          value={limit}
          onChange={setLimit}
        />
        <Button
          variant="filled"
          component="a"
          download
          href={address('/vision/export.zip', {
            ...filterOf(search),
            q: undefined,
            form,
            limit: Number(limit) || 1000,
          })}
          onClick={onClose}
        >
          {t('reviews.export.confirm')}
        </Button>
      </Stack>
    </Modal>
  )
}
