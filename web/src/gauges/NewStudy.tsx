import { NumberInput, Select, TagsInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { DecimalField } from '../form/DecimalField'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { readDecimal } from '../value/decimal'
import { gaugesQuery, studiesPath, usable, type StudyView } from './gauge'
import classes from './gauges.module.css'

/** Begins a study: which gauge, who measures which parts, how often. */
export function NewStudy({ onClose, onBegun }: { onClose: () => void; onBegun: (id: string) => void }) {
  const t = useT()
  const gauges = useQuery(gaugesQuery({}))
  const [gauge, setGauge] = useState<string | null>(null)
  const [characteristic, setCharacteristic] = useState('')
  const [lower, setLower] = useState('')
  const [upper, setUpper] = useState('')
  const [operators, setOperators] = useState<string[]>([])
  const [parts, setParts] = useState<string[]>(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'])
  const [trials, setTrials] = useState<number | string>(3)
  const begin = useCommand<StudyView>((study) => onBegun(study.id))
  const errors = fieldErrors(begin.error)
  const known = gauges.data?.items ?? []
  const unit = known.find((g) => g.id === gauge)?.unit ?? ''
  const limit = (name: string, value: string) => (value.trim() ? { [name]: readDecimal(value) ?? value } : {})
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('studies.begin')}
      confirm={t('studies.begin')}
      busy={begin.isPending}
      disabled={!gauge || !characteristic.trim() || operators.length < 2 || parts.length < 2}
      error={begin.error}
      onConfirm={() =>
        begin.mutate({
          path: studiesPath,
          body: {
            gauge,
            characteristic,
            unit,
            ...limit('lower', lower),
            ...limit('upper', upper),
            operators,
            parts,
            trials: Number(trials),
          },
        })
      }
    >
      <div className={classes.fields}>
        <Select
          label={t('gauges.column.gauge')}
          data={known.filter(usable).map((g) => ({ value: g.id, label: `${g.id}, ${g.name}` }))}
          value={gauge}
          onChange={setGauge}
          error={errors.gauge}
          searchable
          data-autofocus
        />
        <TextInput
          label={t('studies.field.characteristic')}
          value={characteristic}
          maxLength={200}
          error={errors.characteristic}
          onChange={(event) => setCharacteristic(event.currentTarget.value)}
        />
        <DecimalField
          label={t('studies.field.lower')}
          unit={unit}
          value={lower}
          onChange={setLower}
          error={errors.lower}
        />
        <DecimalField
          label={t('studies.field.upper')}
          unit={unit}
          value={upper}
          onChange={setUpper}
          error={errors.upper}
        />
      </div>
      <TagsInput
        label={t('studies.field.operators')}
        description={t('studies.field.names_help')}
        value={operators}
        onChange={setOperators}
        maxTags={10}
        error={errors.operators}
      />
      <TagsInput
        label={t('studies.field.parts')}
        description={t('studies.field.names_help')}
        value={parts}
        onChange={setParts}
        maxTags={10}
        error={errors.parts}
      />
      <NumberInput
        label={t('studies.field.trials')}
        min={2}
        max={5}
        value={trials}
        onChange={setTrials}
        error={errors.trials}
      />
    </ConfirmDialog>
  )
}
