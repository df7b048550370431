import { Modal } from '@mantine/core'
import { useState } from 'react'
import { DecimalField } from '../form/DecimalField'
import { useLanguage, useT } from '../i18n/i18n'
import { compareDecimal, formatDecimal, readDecimal } from '../value/decimal'
import { defectCodes } from './DefectDialog'
import { shortLot } from '../lots/lot'
import type { Job } from './job'
import classes from './terminal.module.css'
import type { Terminal } from './useTerminal'

/** How many pieces leave the lot for good, and why. For a single unit the reason alone is asked. */
export function ScrapDialog({ terminal, job, onClose }: { terminal: Terminal; job: Job; onClose: () => void }) {
  const t = useT()
  const language = useLanguage()
  const isUnit = job.progress.quantity === '1'
  const [text, setText] = useState('1')
  const quantity = readDecimal(text)
  const fits =
    quantity !== null && compareDecimal(quantity, '0') > 0 && compareDecimal(quantity, job.progress.quantity) <= 0
  return (
    <Modal
      opened
      onClose={onClose}
      size={1000}
      title={t('terminal.scrap.title', { lot: shortLot(job.card.lot) })}
      closeButtonProps={{ 'aria-label': t('message.close') }}
    >
      {!isUnit && (
        <DecimalField
          mb="md"
          label={t('terminal.scrap.quantity', { of: formatDecimal(job.progress.quantity, language) })}
          classNames={{ input: classes.fieldInput }}
          value={text}
          onChange={setText}
        />
      )}
      <p>{t('terminal.scrap.text')}</p>
      <div className={classes.choices} data-tone="crit">
        {defectCodes.map((code) => (
          <button
            key={code}
            type="button"
            disabled={!fits}
            onClick={() => {
              terminal.commands.scrap(job, quantity!, t(`terminal.defect.${code}`))
              onClose()
            }}
          >
            {t(`terminal.defect.${code}`)}
          </button>
        ))}
      </div>
    </Modal>
  )
}
