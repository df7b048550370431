import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { DecimalField } from '../form/DecimalField'
import { fieldErrors } from '../form/fields'
import { GaugePick } from '../gauges/GaugePick'
import { lastGauge, rememberGauge } from '../gauges/gauge'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { useKeys, useScan } from '../scan/ScanProvider'
import { readDecimal } from '../value/decimal'
import { useLimits } from '../value/Quantity'
import { path, type Entry, type Slot, type View } from './inspection'
import classes from './inspections.module.css'

interface Props {
  view: View
  slot: Slot
  /** What stands there already, when it is corrected. */
  entry?: Entry
  onStored: () => void
  onLeave?: () => void
}

/**
 * One value at a time, large enough for gloves. A gauge that types like a keyboard is taken as the value at once; a scanned
 * gauge becomes the gauge that is measured with; G and N answer for a good and a bad piece.
 */
export function EntryPad({ view, slot, entry, onStored, onLeave }: Props) {
  const t = useT()
  const limits = useLimits()
  const { characteristic: c, piece } = slot
  const [value, setValue] = useState(entry?.value ?? '')
  const [gauge, setGauge] = useState(() => entry?.gauge || lastGauge(c.gauge))
  const [bad, setBad] = useState(false)
  const [code, setCode] = useState(c.code ?? '')
  const [note, setNote] = useState('')
  const [reason, setReason] = useState('')
  const store = useCommand<View>(onStored)
  const errors = fieldErrors(store.error)
  const error = (name: string) => errors[`entries[0].${name}`]
  const needsReason = entry !== undefined && reason.trim() === ''
  const send = (part: { value?: string; good?: boolean }) => {
    if (needsReason || store.isPending) return
    if (c.gauge) rememberGauge(c.gauge, gauge)
    store.mutate({
      path: `${path}/${view.id}/entries`,
      body: {
        entries: [
          {
            piece,
            characteristic: c.id,
            ...part,
            ...(c.gauge && gauge ? { gauge } : {}),
            ...(part.good === false && code.trim() ? { code: code.trim() } : {}),
            ...(note.trim() ? { note: note.trim() } : {}),
            ...(entry ? { reason: reason.trim() } : {}),
          },
        ],
      },
    })
  }
  const sendValue = (text: string) => {
    const read = readDecimal(text)
    if (read !== null) send({ value: read })
  }
  const attribute = c.kind === 'attribute'
  useScan((scanned) => {
    const read = attribute ? null : readDecimal(scanned)
    if (read !== null) {
      setValue(scanned)
      sendValue(scanned)
      return true
    }
    if (c.gauge) setGauge(scanned)
    return Boolean(c.gauge)
  })
  useKeys((key) => {
    if (key === 'Escape' && onLeave) onLeave()
    else if (attribute && !bad && key.toLowerCase() === t('inspections.key.good')) send({ good: true })
    else if (attribute && !bad && key.toLowerCase() === t('inspections.key.bad')) setBad(true)
    else return false
    return true
  })
  return (
    <form
      className={classes.pad}
      aria-label={t('inspections.piece_of', { n: piece, of: view.sample.size })}
      onSubmit={(event) => {
        event.preventDefault()
        if (attribute) send({ good: !bad })
        else sendValue(value)
      }}
    >
      <div className={classes.asked}>
        <span className="label">{t('inspections.piece_of', { n: piece, of: view.sample.size })}</span>
        <h2>{c.name}</h2>
        {c.how && <p>{c.how}</p>}
        {!attribute && (
          <p className={classes.limits}>
            {limits(c.lower, c.upper)} {c.unit}
          </p>
        )}
      </div>
      <div className={classes.fields}>
        {c.gauge && (
          <GaugePick
            kind={c.gauge}
            value={gauge}
            onChange={setGauge}
            error={error('gauge')}
            className={classes.field}
          />
        )}
        {!attribute && (
          <DecimalField
            className={classes.field}
            label={t('inspections.field.value')}
            unit={c.unit}
            value={value}
            onChange={setValue}
            error={error('value')}
            autoFocus
          />
        )}
        {bad && (
          <>
            <TextInput
              className={classes.field}
              label={t('inspections.field.code')}
              value={code}
              maxLength={64}
              error={error('code')}
              onChange={(event) => setCode(event.currentTarget.value)}
              autoFocus
            />
            <TextInput
              className={classes.field}
              label={t('inspections.field.note')}
              value={note}
              maxLength={500}
              onChange={(event) => setNote(event.currentTarget.value)}
            />
          </>
        )}
        {entry && (
          <TextInput
            className={classes.field}
            label={t('inspections.field.correction')}
            value={reason}
            maxLength={500}
            error={error('reason')}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        )}
      </div>
      <div className={classes.buttons}>
        {attribute && !bad && (
          <>
            <Button
              variant="filled"
              className={classes.large}
              loading={store.isPending}
              disabled={needsReason}
              onClick={() => send({ good: true })}
            >
              {t('inspections.good')}
            </Button>
            <Button className={classes.large} disabled={needsReason} onClick={() => setBad(true)}>
              {t('inspections.bad')}
            </Button>
          </>
        )}
        {attribute && bad && (
          <>
            <Button type="submit" variant="filled" color="crit" className={classes.large} loading={store.isPending}>
              {t('inspections.store_bad')}
            </Button>
            <Button className={classes.large} onClick={() => setBad(false)}>
              {t('message.cancel')}
            </Button>
          </>
        )}
        {!attribute && (
          <Button
            type="submit"
            variant="filled"
            className={classes.large}
            loading={store.isPending}
            disabled={readDecimal(value) === null || needsReason}
          >
            {t('inspections.store')}
          </Button>
        )}
        {onLeave && (
          <Button variant="subtle" color="gray" className={classes.large} onClick={onLeave}>
            {t('inspections.leave')}
          </Button>
        )}
      </div>
      {store.isError && <ErrorAlert error={store.error} onClose={() => store.reset()} />}
    </form>
  )
}
