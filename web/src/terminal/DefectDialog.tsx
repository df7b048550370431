import { Modal, Switch } from '@mantine/core'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { shortLot } from '../lots/lot'
import type { Job } from './job'
import classes from './terminal.module.css'
import type { Terminal } from './useTerminal'

/** What a person at the line can tell without measuring. The codes go into the record as they are. */
export const defectCodes = ['damaged', 'wrong_part', 'missing_part', 'does_not_fit', 'contaminated', 'other'] as const

/** Second touch of "report defect": what is wrong. */
export function DefectDialog({ terminal, job, onClose }: { terminal: Terminal; job: Job; onClose: () => void }) {
  const t = useT()
  const [review, setReview] = useState(false)
  return (
    <Modal
      opened
      onClose={onClose}
      size={1000}
      title={t('terminal.defect.title', { lot: shortLot(job.card.lot) })}
      closeButtonProps={{ 'aria-label': t('message.close') }}
    >
      <div className={classes.choices}>
        {defectCodes.map((code) => (
          <button
            key={code}
            type="button"
            onClick={() => {
              terminal.commands.defect(job, code, t(`terminal.defect.${code}`), review || code === 'other')
              onClose()
            }}
          >
            {t(`terminal.defect.${code}`)}
          </button>
        ))}
      </div>
      <Switch
        mt="md"
        size="lg"
        label={t('terminal.defect.review')}
        checked={review}
        onChange={(event) => setReview(event.currentTarget.checked)}
      />
      <p className="label">{t('terminal.defect.note')}</p>
    </Modal>
  )
}
