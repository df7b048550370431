import { ActionIcon, Button, Select, Textarea } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { DecimalField } from '../form/DecimalField'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { usablePermitsQuery } from '../permits/permit'
import { readDecimal } from '../value/decimal'
import { kindsFor, ncPath, reworksQuery, type DispositionKind, type NCLot, type Nonconformance } from './nonconformance'
import classes from './nonconformances.module.css'

interface Line {
  lot: string
  kind: DispositionKind
  quantity: string
  bad: string
  routing: string
  permit: string
}

const lineOf = (lot: NCLot): Line => ({
  lot: lot.lot,
  kind: kindsFor(lot)[0]!,
  quantity: lot.undecided,
  bad: '0',
  routing: '',
  permit: '',
})

/** What shall become of each lot. One lot can have several lines: what is scrapped, and what is used. */
export function ProposeDialog({ nc, onClose }: { nc: Nonconformance; onClose: () => void }) {
  const t = useT()
  const left = (nc.lots ?? []).filter((lot) => lot.undecided !== '0')
  const [lines, setLines] = useState<Line[]>(left.map(lineOf))
  const [reason, setReason] = useState('')
  const propose = useCommand<Nonconformance>(onClose)
  const errors = fieldErrors(propose.error)
  const set = (at: number, part: Partial<Line>) =>
    setLines(lines.map((line, i) => (i === at ? { ...line, ...part } : line)))
  const exact = (text: string) => readDecimal(text) !== null
  const ready = lines.every(
    (l) => exact(l.quantity) && (l.kind !== 'sort' || exact(l.bad)) && (!routed(l.kind) || l.routing !== ''),
  )
  const body = {
    reason: reason.trim(),
    dispositions: lines.map((l) => ({
      lot: l.lot,
      kind: l.kind,
      quantity: readDecimal(l.quantity),
      ...(l.kind === 'sort' ? { bad: readDecimal(l.bad) } : {}),
      ...(routed(l.kind) ? { routing: l.routing } : {}),
      ...(permitted(l.kind) && l.permit ? { permit: l.permit } : {}),
    })),
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('nonconformances.propose.title', { id: nc.id })}
      confirm={t('nonconformances.propose.confirm')}
      busy={propose.isPending}
      disabled={lines.length === 0 || reason.trim() === '' || !ready}
      error={propose.error}
      onConfirm={() => propose.mutate({ path: `${ncPath(nc.id)}/proposals`, body })}
    >
      <p>{t('nonconformances.propose.text')}</p>
      {lines.map((line, i) => (
        <LineForm
          key={i}
          nc={nc}
          line={line}
          lots={left}
          error={(field) => errors[`dispositions[${i}].${field}`]}
          set={(part) => set(i, part)}
          remove={lines.length > 1 ? () => setLines(lines.filter((_, at) => at !== i)) : undefined}
        />
      ))}
      <div>
        <Button
          size="compact-md"
          leftSection={<IconPlus className="icon" aria-hidden />}
          onClick={() => left[0] && setLines([...lines, { ...lineOf(left[0]), kind: 'scrap', quantity: '' }])}
        >
          {t('nonconformances.propose.add')}
        </Button>
      </div>
      <Textarea
        label={t('nonconformances.propose.reason')}
        description={t('orders.reason_help')}
        value={reason}
        error={errors.reason}
        autosize
        minRows={2}
        maxLength={2000}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}

const routed = (kind: DispositionKind) => kind === 'rework' || kind === 'repair'
const permitted = (kind: DispositionKind) => kind === 'use_as_is' || kind === 'repair'

interface LineProps {
  nc: Nonconformance
  line: Line
  lots: NCLot[]
  error: (field: string) => string | undefined
  set: (part: Partial<Line>) => void
  remove?: () => void
}

function LineForm({ nc, line, lots, error, set, remove }: LineProps) {
  const t = useT()
  const lot = lots.find((l) => l.lot === line.lot)
  const reworks = useQuery(reworksQuery(lot?.material ?? '', nc.code))
  const permits = useQuery(usablePermitsQuery(lot?.material ?? ''))
  if (!lot) return null
  return (
    <fieldset className={classes.line}>
      <legend className="id">{line.lot}</legend>
      {lots.length > 1 && (
        <Select
          label={t('nonconformances.lots.lot')}
          allowDeselect={false}
          data={lots.map((l) => l.lot)}
          value={line.lot}
          onChange={(id) => set({ ...lineOf(lots.find((l) => l.lot === id) ?? lot) })}
        />
      )}
      <Select
        label={t('nonconformances.propose.kind')}
        allowDeselect={false}
        data={kindsFor(lot).map((kind) => ({ value: kind, label: t(`nonconformances.disposition.${kind}`) }))}
        value={line.kind}
        error={error('kind')}
        onChange={(kind) =>
          set({ kind: kind as DispositionKind, routing: reworks.data?.find((r) => r.fits)?.id ?? line.routing })
        }
      />
      <DecimalField
        label={t('nonconformances.propose.quantity')}
        unit={lot.unit}
        value={line.quantity}
        error={error('quantity')}
        onChange={(quantity) => set({ quantity })}
      />
      {line.kind === 'sort' && (
        <DecimalField
          label={t('nonconformances.propose.bad')}
          unit={lot.unit}
          value={line.bad}
          error={error('bad')}
          onChange={(bad) => set({ bad })}
        />
      )}
      {routed(line.kind) && (
        <Select
          label={t('nonconformances.propose.routing')}
          placeholder={reworks.data?.length === 0 ? t('nonconformances.propose.no_routing') : undefined}
          data={(reworks.data ?? []).map((r) => ({
            value: r.id,
            label: t('nonconformances.propose.routing_of', { title: r.title, id: r.id, revision: r.revision }),
          }))}
          value={line.routing || null}
          error={error('routing')}
          onChange={(routing) => set({ routing: routing ?? '' })}
        />
      )}
      {permitted(line.kind) && (permits.data ?? []).length > 0 && (
        <Select
          label={t('nonconformances.propose.permit')}
          clearable
          clearButtonProps={{ 'aria-label': t('list.clear') }}
          data={(permits.data ?? []).map((p) => ({ value: p.id, label: `${p.id}, ${p.allows}` }))}
          value={line.permit || null}
          error={error('permit')}
          onChange={(permit) => set({ permit: permit ?? '' })}
        />
      )}
      {remove && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('nonconformances.propose.remove', { lot: line.lot })}
          onClick={remove}
        >
          <IconX className="icon" />
        </ActionIcon>
      )}
    </fieldset>
  )
}
