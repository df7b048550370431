import { Alert, Select, TextInput } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { send, type Schemas } from '../api/http'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { MomentField } from '../form/MomentField'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { ErrorAlert } from '../message/ErrorAlert'
import { fromFieldValue, type Zone } from '../time/format'
import { useZone } from '../time/site'
import { Quantity } from '../value/Quantity'
import { path, type Hold, type Preview } from './hold'
import classes from './holds.module.css'

type Criterion = Schemas['Criterion']
type Kind = Criterion['kind']
const kinds: Kind[] = ['component', 'lot', 'serials', 'supplier_lot', 'machine', 'routing', 'model', 'genealogy']
const follows = ['down', 'up', 'both', 'around', 'none'] as const
const severities = ['critical', 'high', 'medium', 'low'] as const

/** The fields that a kind of criterion asks for, in their order. */
const fieldsOf: Record<Kind, string[]> = {
  component: ['lots'],
  lot: ['lots'],
  genealogy: ['lots'],
  serials: ['from', 'to'],
  supplier_lot: ['supplier', 'supplier_lot'],
  machine: ['station', 'device'],
  routing: ['product', 'revision'],
  model: ['model'],
}

interface Props {
  /** What the dialogue begins with, where it is opened beside a lot. */
  lot?: string
  onClose: () => void
  onPlaced: (hold: string) => void
}

/** Says what shall stand still, shows what that is, and holds it. Nothing is held before the preview was seen. */
export function PlaceHold({ lot, onClose, onPlaced }: Props) {
  const t = useT()
  const zone = useZone()
  const [kind, setKind] = useState<Kind>('component')
  const [text, setText] = useState<Record<string, string>>(lot ? { lots: lot } : {})
  const [times, setTimes] = useState({ since: '', until: '' })
  const [follow, setFollow] = useState<(typeof follows)[number]>('down')
  const [severity, setSeverity] = useState<(typeof severities)[number]>('high')
  const [reason, setReason] = useState('')
  const body = { criterion: criterionOf(kind, text, times, follow, zone), reason: reason.trim(), severity }
  const asked = JSON.stringify(body)
  const look = useMutation({
    mutationFn: () => send<Preview>(`${path}/preview`, body, crypto.randomUUID()),
  })
  const [seen, setSeen] = useState('')
  const run = useCommand<Hold>((hold) => {
    onClose()
    onPlaced(hold.id)
  })
  const known = seen === asked ? look.data : undefined
  const errors = fieldErrors(run.error ?? look.error)
  const field = (name: string) => ({
    label: t(`holds.field.${name as 'lots'}`),
    value: text[name] ?? '',
    onChange: (event: { currentTarget: { value: string } }) => setText({ ...text, [name]: event.currentTarget.value }),
    error: errors[`criterion.${name}`] ?? errors[`criterion.${name}[0]`],
  })
  const confirm = () => {
    if (known) return run.mutate({ path, body })
    setSeen(asked)
    look.mutate()
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('holds.place')}
      confirm={known ? t('holds.hold_lots', { count: known.lots }) : t('holds.preview')}
      tone={known ? 'hold' : 'act'}
      busy={run.isPending || look.isPending}
      disabled={reason.trim() === ''}
      error={run.error}
      onConfirm={confirm}
    >
      <Select
        label={t('holds.field.kind')}
        data={kinds.map((value) => ({ value, label: t(`holds.kind.${value}`) }))}
        value={kind}
        onChange={(value) => setKind((value ?? 'component') as Kind)}
        allowDeselect={false}
      />
      <div className={classes.fields}>
        {fieldsOf[kind].map((name, i) => (
          <TextInput key={`${kind}/${name}`} {...field(name)} data-autofocus={i === 0 || undefined} />
        ))}
        {kind === 'machine' &&
          (['since', 'until'] as const).map((name) => (
            <MomentField
              key={name}
              label={t(`holds.field.${name}`)}
              value={times[name]}
              onChange={(value) => setTimes({ ...times, [name]: value })}
              error={errors[`criterion.${name}`]}
            />
          ))}
      </div>
      <div className={classes.fields}>
        <Select
          label={t('holds.field.follow')}
          data={follows.map((value) => ({ value, label: t(`holds.follow.${value}`) }))}
          value={follow}
          onChange={(value) => setFollow((value ?? 'down') as (typeof follows)[number])}
          allowDeselect={false}
        />
        <Select
          label={t('holds.field.severity')}
          data={severities.map((value) => ({ value, label: t(`status.severity.${value}`) }))}
          value={severity}
          onChange={(value) => setSeverity((value ?? 'high') as (typeof severities)[number])}
          allowDeselect={false}
        />
      </div>
      <TextInput
        label={t('orders.reason')}
        description={t('orders.reason_help')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={errors.reason}
        maxLength={500}
      />
      {look.isError && seen === asked && <ErrorAlert error={look.error} />}
      {known && <Shown preview={known} />}
    </ConfirmDialog>
  )
}

/** What would be held now, by places. */
function Shown({ preview }: { preview: Preview }) {
  const t = useT()
  return (
    <section aria-label={t('holds.preview')} className={classes.preview} role="status">
      <b>{t('holds.would_hold', { count: preview.lots })}</b>
      <ul>
        {(preview.places ?? []).map((place) => (
          <li key={`${place.place}/${place.at}/${place.note}/${place.material}`}>
            <span>
              {t(`holds.at.${place.place}`)} {place.at && <span className="id">{place.at}</span>}
            </span>
            <span className="id">{place.material}</span>
            <span>{t('holds.lots', { count: place.lots })}</span>
            <Quantity value={place.quantity} unit={place.unit} />
          </li>
        ))}
      </ul>
      {preview.watching && (
        <Alert icon={<IconInfoCircle className="icon" aria-hidden />}>{t('holds.will_watch')}</Alert>
      )}
    </section>
  )
}

function criterionOf(
  kind: Kind,
  text: Record<string, string>,
  times: { since: string; until: string },
  follow: Criterion['follow'],
  zone: Zone,
): Criterion {
  const out: Criterion = { kind, follow }
  for (const name of fieldsOf[kind]) {
    const value = (text[name] ?? '').trim()
    if (name === 'lots') out.lots = value.split(/[\s,;]+/).filter(Boolean)
    else if (value) Object.assign(out, { [name]: value })
  }
  if (kind === 'machine') {
    if (times.since) out.since = fromFieldValue(zone, times.since)?.toISOString()
    if (times.until) out.until = fromFieldValue(zone, times.until)?.toISOString()
  }
  return out
}
