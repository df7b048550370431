import { ActionIcon, Button, FileInput, SegmentedControl, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { DecimalField } from '../form/DecimalField'
import { fieldErrors } from '../form/fields'
import { MomentField } from '../form/MomentField'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { base64Of } from '../qualifications/qualification'
import { fromFieldValue, toFieldValue } from '../time/format'
import { useNow } from '../time/now'
import { useZone } from '../time/site'
import { readDecimal } from '../value/decimal'
import { path, type Gauge } from './gauge'
import classes from './gauges.module.css'

interface Point {
  nominal: string
  tolerance: string
  found: string
  left: string
}

const fresh: Point = { nominal: '', tolerance: '', found: '', left: '' }

/** Records a calibration: with points, what was found and left follows from them; without, a person says so. */
export function CalibrateDialog({ gauge, onClose }: { gauge: Gauge; onClose: () => void }) {
  const t = useT()
  const zone = useZone()
  const [at, setAt] = useState(toFieldValue(zone, new Date(useNow())))
  const [by, setBy] = useState('')
  const [certificate, setCertificate] = useState('')
  const [points, setPoints] = useState<Point[]>([])
  const [found, setFound] = useState('in_tolerance')
  const [left, setLeft] = useState('in_tolerance')
  const [due, setDue] = useState('')
  const [note, setNote] = useState('')
  const [file, setFile] = useState<File | null>(null)
  const calibrate = useCommand<Gauge>(onClose)
  const errors = fieldErrors(calibrate.error)
  const number = (text: string) => readDecimal(text) ?? text
  const submit = async () =>
    calibrate.mutate({
      path: `${path}/${gauge.id}/calibrations`,
      body: {
        performed_at: fromFieldValue(zone, at).toISOString(),
        performed_by: by.trim(),
        certificate: certificate.trim(),
        note: note.trim(),
        ...(points.length > 0
          ? {
              points: points.map((p) => ({
                nominal: number(p.nominal),
                tolerance: number(p.tolerance),
                found: number(p.found),
                ...(p.left.trim() ? { left: number(p.left) } : {}),
              })),
            }
          : { as_found: found, as_left: left }),
        ...(due ? { due_at: fromFieldValue(zone, due).toISOString() } : {}),
        ...(file ? { evidence: await base64Of(file), evidence_name: file.name } : {}),
      },
    })
  const words = (['in_tolerance', 'out_of_tolerance'] as const).map((value) => ({
    value,
    label: t(`gauges.conformity.${value}`),
  }))
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('gauges.calibrate_title', { id: gauge.id })}
      confirm={t('gauges.calibrate')}
      busy={calibrate.isPending}
      disabled={!by.trim() || !at}
      error={calibrate.error}
      onConfirm={() => void submit()}
    >
      <div className={classes.fields}>
        <TextInput
          label={t('gauges.field.performed_by')}
          value={by}
          maxLength={200}
          error={errors.performed_by}
          onChange={(event) => setBy(event.currentTarget.value)}
          data-autofocus
        />
        <TextInput
          label={t('gauges.field.certificate')}
          value={certificate}
          maxLength={100}
          onChange={(event) => setCertificate(event.currentTarget.value)}
        />
      </div>
      <MomentField label={t('gauges.field.performed_at')} value={at} onChange={setAt} error={errors.performed_at} />
      {points.map((point, i) => (
        <div key={i} className={classes.point}>
          {(['nominal', 'tolerance', 'found', 'left'] as const).map((name) => (
            <DecimalField
              key={name}
              label={t(`gauges.point.${name}`)}
              unit={gauge.unit}
              value={point[name]}
              error={errors[`points[${i}].${name}`]}
              onChange={(value) => setPoints(points.map((p, n) => (n === i ? { ...p, [name]: value } : p)))}
            />
          ))}
          <ActionIcon
            aria-label={t('gauges.point.remove', { n: i + 1 })}
            onClick={() => setPoints(points.filter((_, n) => n !== i))}
          >
            <IconTrash className="icon" />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          size="compact-md"
          leftSection={<IconPlus className="icon" aria-hidden />}
          onClick={() => setPoints([...points, fresh])}
        >
          {t('gauges.point.add')}
        </Button>
      </div>
      {points.length === 0 && (
        <div className={classes.fields}>
          <div>
            <span className="label">{t('gauges.as_found')}</span>
            <SegmentedControl
              fullWidth
              aria-label={t('gauges.as_found')}
              data={words}
              value={found}
              onChange={setFound}
            />
          </div>
          <div>
            <span className="label">{t('gauges.as_left')}</span>
            <SegmentedControl fullWidth aria-label={t('gauges.as_left')} data={words} value={left} onChange={setLeft} />
          </div>
        </div>
      )}
      <MomentField
        label={t('gauges.field.due_at')}
        description={t('gauges.usual_due', { n: gauge.interval_days })}
        value={due}
        onChange={setDue}
        error={errors.due_at}
      />
      <FileInput
        label={t('gauges.field.evidence')}
        description={t('qualifications.evidence_help')}
        accept="application/pdf,image/png,image/jpeg"
        value={file}
        onChange={setFile}
        clearable
        clearButtonProps={{ 'aria-label': t('list.clear') }}
        error={errors.evidence}
      />
      <TextInput
        label={t('gauges.field.note')}
        value={note}
        maxLength={500}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
