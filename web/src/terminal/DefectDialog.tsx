import { Modal, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { shortLot } from '../lots/lot'
import { branches, codesQuery, under, type Branch } from '../nonconformances/nonconformance'
import type { Job } from './job'
import classes from './terminal.module.css'
import type { Terminal } from './useTerminal'

/** What a person at the line can tell where the site has no codes of its own. They go into the record as they are. */
export const defectCodes = ['damaged', 'wrong_part', 'missing_part', 'does_not_fit', 'contaminated', 'other'] as const

/** Second touch of "report defect": what is wrong. With the site's codes, the group first and then the code. */
export function DefectDialog({ terminal, job, onClose }: { terminal: Terminal; job: Job; onClose: () => void }) {
  const t = useT()
  const [review, setReview] = useState(false)
  const codes = useQuery(codesQuery)
  const tree = branches(codes.data ?? [])
  const report = (code: string, text: string, always = false) => {
    terminal.commands.defect(job, code, text, review || always)
    onClose()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      size={1000}
      title={t('terminal.defect.title', { lot: shortLot(job.card.lot) })}
      closeButtonProps={{ 'aria-label': t('message.close') }}
    >
      {tree.length > 0 ? (
        <CodeTree tree={tree} onCode={(code) => report(code.code, code.name)} />
      ) : (
        <div className={classes.choices}>
          {defectCodes.map((code) => (
            <button
              key={code}
              type="button"
              onClick={() => report(code, t(`terminal.defect.${code}`), code === 'other')}
            >
              {t(`terminal.defect.${code}`)}
            </button>
          ))}
        </div>
      )}
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

/** The tree, one level at a time: a group opens, a code without others under it is the answer. */
function CodeTree({ tree, onCode }: { tree: Branch[]; onCode: (code: Branch) => void }) {
  const t = useT()
  const [group, setGroup] = useState<Branch>()
  const shown = under(tree, group?.code ?? '')
  const touch = (code: Branch) => (under(tree, code.code).length > 0 ? setGroup(code) : onCode(code))
  return (
    <div className={classes.choices}>
      {shown.map((code) => (
        <button key={code.code} type="button" onClick={() => touch(code)}>
          {code.name}
          {under(tree, code.code).length > 0 && ' …'}
        </button>
      ))}
      {group && (
        <>
          <button type="button" onClick={() => onCode(group)}>
            {t('nonconformances.codes.only', { name: group.name })}
          </button>
          <button type="button" onClick={() => setGroup(undefined)}>
            {t('nonconformances.codes.back')}
          </button>
        </>
      )}
    </div>
  )
}
