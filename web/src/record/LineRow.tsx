import { Table } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useLanguage, useT, type Translate } from '../i18n/i18n'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { compareDecimal, formatDecimal } from '../value/decimal'
import { LimitBar } from '../value/LimitBar'
import { Quantity, useLimits } from '../value/Quantity'
import { PictureLink } from './PictureLink'
import type { BuiltStep, BuiltValue, Line } from './record'
import classes from './record.module.css'

/** One line of the as-built table. */
export function LineRow({ line, note, revision }: { line: Line; note: boolean; revision?: string }) {
  const cells = useCells(line, revision)
  const { step } = line
  return (
    <Table.Tr data-note={note || undefined}>
      <Table.Td className={classes.time}>
        <Time
          value={line.kind === 'signature' ? line.signature.at : step.at}
          form="seconds"
          zone={line.kind === 'signature'}
        />
      </Table.Td>
      <Table.Td>{cells.what}</Table.Td>
      <Table.Td className={classes.value}>{cells.value}</Table.Td>
      <Table.Td>{cells.bar}</Table.Td>
      <Table.Td className={classes.limits}>{cells.limits}</Table.Td>
      <Table.Td>{cells.machine}</Table.Td>
      <Table.Td>{line.kind === 'signature' ? line.signature.signer : (step.operator ?? '')}</Table.Td>
      <Table.Td>{cells.result}</Table.Td>
    </Table.Tr>
  )
}

interface Cells {
  what: ReactNode
  value?: ReactNode
  bar?: ReactNode
  limits?: ReactNode
  machine?: ReactNode
  result: ReactNode
}

function useCells(line: Line, revision?: string): Cells {
  const t = useT()
  const language = useLanguage()
  const limits = useLimits()
  const { step } = line
  const again = [
    step.attempt > 1 && t('record.try', { n: step.attempt }),
    step.revision && step.revision !== revision && t('record.rev', { revision: step.revision }),
  ]
    .filter(Boolean)
    .map((said) => `, ${said}`)
    .join('')
  switch (line.kind) {
    case 'value': {
      const first = line.values[0]!
      const out = line.values.some((v) => v.result !== 'pass')
      return {
        what: nameOf(t, line.values) + again,
        value: (
          <>
            <b>{rangeOf(line.values, (v) => formatDecimal(v, language))}</b> {first.unit}
          </>
        ),
        bar: <LimitBar values={line.values.map((v) => v.value)} lower={first.lower} upper={first.upper} out={out} />,
        limits: limits(first.lower, first.upper),
        machine: machineOf(t, step),
        result: (
          <Status
            of="value"
            state={first.lower === undefined && first.upper === undefined ? 'none' : out ? 'out' : 'in'}
          />
        ),
      }
    }
    case 'component': {
      const { component } = line
      return {
        what: component.name || component.material,
        value: (
          <Link to="/lots/$lot" params={{ lot: component.lot }} className="id">
            {component.lot}
          </Link>
        ),
        limits: <Quantity value={component.quantity} unit={component.unit} />,
        machine:
          component.supplier &&
          t('record.supplied', { supplier: component.supplier, lot: component.supplier_lot ?? '' }),
        result: <StepWord step={step} />,
      }
    }
    case 'vision': {
      const { vision } = line
      return {
        what: step.name + again,
        value: <b>{formatDecimal(vision.confidence, language)}</b>,
        limits: vision.image && <PictureLink vision={vision} />,
        machine: `${vision.camera}, ${vision.model}`,
        result: <VerdictWord step={step} />,
      }
    }
    case 'signature': {
      const { signature } = line
      return {
        what: t('record.signature', { meaning: t(`sign.means.${signature.meaning}`) }),
        value: <b>{signature.name}</b>,
        limits: (
          <>
            <Time value={signature.at} form="full" />
            {(signature.why ?? signature.reason) && <small>{signature.why ?? signature.reason}</small>}
          </>
        ),
        machine: signature.station ?? '',
        result: <Status of="signature" state={signature.state} />,
      }
    }
    case 'step':
      return {
        what: step.name + again,
        value: step.note,
        machine: machineOf(t, step),
        result: <StepWord step={step} />,
      }
  }
}

/** "Torque, 8 values" for a group, the name for one, with its sample where pieces are measured. */
function nameOf(t: Translate, values: BuiltValue[]): string {
  const first = values[0]!
  if (values.length === 1)
    return first.sample ? `${first.name}, ${t('record.sample', { n: first.sample })}` : first.name
  const names = new Set(values.map((v) => v.name))
  const name = names.size === 1 ? first.name : first.name.replace(/\s*\d+$/, '')
  return `${name}, ${t('record.values', { n: values.length })}`
}

function rangeOf(values: BuiltValue[], write: (value: string) => string): string {
  const sorted = values.map((v) => v.value).sort(compareDecimal)
  const low = sorted[0]!
  const high = sorted.at(-1)!
  return compareDecimal(low, high) === 0 ? write(low) : `${write(low)} – ${write(high)}`
}

function machineOf(t: Translate, step: BuiltStep): string {
  const parts = [
    step.device,
    step.gauge,
    step.program ? t('record.program', { n: step.program }) : '',
    step.by_hand ? t('record.by_hand') : '',
  ]
  return parts.filter(Boolean).join(', ')
}

const words = { pass: 'pass', fail: 'fail', undecided: 'review', silent: 'none' } as const

function StepWord({ step }: { step: BuiltStep }) {
  const t = useT()
  if (step.result === 'pass')
    return (
      <Status of="entry" state="sent">
        {t('record.done')}
      </Status>
    )
  return <Status of="verdict" state={words[step.result]} />
}

/** The camera's word, and a person's where it was decided otherwise: both stay. */
function VerdictWord({ step }: { step: BuiltStep }) {
  const t = useT()
  const vision = step.vision!
  if (!vision.overridden) return <Status of="verdict" state={words[step.result]} />
  return (
    <Status of="verdict" state="overridden">
      {t('record.overridden', {
        camera: t(`status.verdict.${words[vision.verdict]}`),
        person: t(`lots.decision.${vision.overridden.decision}`),
        by: vision.overridden.by,
      })}
    </Status>
  )
}
