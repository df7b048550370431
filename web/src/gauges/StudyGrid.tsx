import { Button, TextInput, VisuallyHidden } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { DecimalField } from '../form/DecimalField'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { readDecimal } from '../value/decimal'
import { studiesPath, type StudyView } from './gauge'
import classes from './gauges.module.css'

/**
 * The grid of readings: operators and trials down, parts across. What is typed is kept here until it is stored together;
 * a changed reading needs a reason.
 */
export function StudyGrid({ study, editable }: { study: StudyView; editable: boolean }) {
  const t = useT()
  const stored = new Map((study.readings ?? []).map((r) => [`${r.operator}/${r.part}/${r.trial}`, r.value]))
  const [typed, setTyped] = useState<Record<string, string>>({})
  const [reason, setReason] = useState('')
  const store = useCommand(() => setTyped({}))
  const changes = Object.entries(typed).filter(([key, text]) => {
    const read = readDecimal(text)
    return read !== null && read !== stored.get(key)
  })
  const corrects = changes.some(([key]) => stored.has(key))
  const submit = () =>
    store.mutate({
      path: `${studiesPath}/${study.id}/readings`,
      body: {
        readings: changes.map(([key, text]) => {
          const [operator, part, trial] = key.split('/').map(Number)
          return {
            operator,
            part,
            trial,
            value: readDecimal(text),
            ...(stored.has(key) ? { reason: reason.trim() } : {}),
          }
        }),
      },
    })
  const operators = study.operators ?? []
  const parts = study.parts ?? []
  return (
    <section aria-labelledby="readings">
      <h2 id="readings">{t('studies.readings')}</h2>
      <div className={classes.scroll} tabIndex={0} role="group" aria-label={t('studies.readings')}>
        <table className={classes.grid}>
          <thead>
            <tr>
              <th scope="col">{t('studies.operator')}</th>
              <th scope="col">{t('studies.trial')}</th>
              {parts.map((part) => (
                <th key={part} scope="col">
                  {part}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {operators.map((operator, o) =>
              Array.from({ length: study.trials }, (_, i) => i + 1).map((trial) => (
                <tr key={`${operator}/${trial}`} data-first={trial === 1 || undefined}>
                  <th scope="row">{trial === 1 ? operator : <VisuallyHidden>{operator}</VisuallyHidden>}</th>
                  <td>{trial}</td>
                  {parts.map((part, p) => {
                    const key = `${o}/${p}/${trial}`
                    const value = typed[key] ?? stored.get(key) ?? ''
                    return (
                      <td key={part}>
                        {editable ? (
                          <DecimalField
                            aria-label={t('studies.reading_of', { operator, part, trial })}
                            className={classes.reading}
                            value={value}
                            onChange={(text) => setTyped({ ...typed, [key]: text })}
                          />
                        ) : (
                          value
                        )}
                      </td>
                    )
                  })}
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
      {editable && changes.length > 0 && (
        <div className={classes.store}>
          {corrects && (
            <TextInput
              label={t('studies.correction')}
              value={reason}
              maxLength={500}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          )}
          <Button
            variant="filled"
            loading={store.isPending}
            disabled={corrects && reason.trim() === ''}
            onClick={submit}
          >
            {t('studies.store', { count: changes.length })}
          </Button>
        </div>
      )}
      {store.isError && <ErrorAlert error={store.error} onClose={() => store.reset()} />}
    </section>
  )
}
