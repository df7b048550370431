import { Code, FileInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { send } from '../api/http'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { csvHead, path } from './material'

/** Many lots at once from a CSV file: all of them, or none. */
export function ImportMaterial({ onClose }: { onClose: () => void }) {
  const t = useT()
  const client = useQueryClient()
  const [file, setFile] = useState<File | null>(null)
  const [lines, setLines] = useState(0)
  const [key, setKey] = useState(() => crypto.randomUUID())
  const run = useMutation({
    mutationFn: async () => send(`${path}/import`, await file!.text(), key),
    onError: () => setKey(crypto.randomUUID()),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['material'] })
      onClose()
    },
  })
  const choose = async (chosen: File | null) => {
    setFile(chosen)
    run.reset()
    const text = chosen ? await chosen.text() : ''
    setLines(Math.max(0, text.split(/\r?\n/).filter((line) => line.trim() !== '').length - 1))
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('material.import')}
      confirm={t('material.import_confirm', { count: lines })}
      busy={run.isPending}
      disabled={!file || lines === 0}
      error={run.error}
      onConfirm={() => run.mutate()}
    >
      <p>{t('material.import_text')}</p>
      <Code block>{csvHead}</Code>
      <FileInput
        label={t('material.file')}
        placeholder={t('material.choose_file')}
        accept=".csv,text/csv"
        value={file}
        onChange={(chosen) => void choose(chosen)}
        clearable
        clearButtonProps={{ 'aria-label': t('list.clear') }}
      />
    </ConfirmDialog>
  )
}
