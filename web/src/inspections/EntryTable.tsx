import { UnstyledButton, VisuallyHidden } from '@mantine/core'
import { useT } from '../i18n/i18n'
import { Status } from '../status/Status'
import { Quantity, useLimits } from '../value/Quantity'
import { slotKey, type Characteristic, type Entry, type Slot, type View } from './inspection'
import classes from './inspections.module.css'

interface Props {
  view: View
  known: Map<string, Entry>
  current?: Slot
  onChoose?: (slot: Slot) => void
}

/** The whole sample: a row for each piece, a column for each characteristic. A field leads to its entry or correction. */
export function EntryTable({ view, known, current, onChoose }: Props) {
  const t = useT()
  const limits = useLimits()
  const characteristics = view.content.characteristics ?? []
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label={t('inspections.sample')}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('inspections.piece')}</th>
            {characteristics.map((c) => (
              <th key={c.id} scope="col">
                {c.name}
                {c.kind === 'variable' && (
                  <small>
                    {limits(c.lower, c.upper)} {c.unit}
                  </small>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: view.sample.size }, (_, i) => i + 1).map((piece) => (
            <tr key={piece}>
              <th scope="row">{piece}</th>
              {characteristics.map((c) => (
                <td
                  key={c.id}
                  data-current={(current?.piece === piece && current.characteristic.id === c.id) || undefined}
                >
                  <Field piece={piece} characteristic={c} entry={known.get(slotKey(piece, c.id))} onChoose={onChoose} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface FieldProps {
  piece: number
  characteristic: Characteristic
  entry?: Entry
  onChoose?: (slot: Slot) => void
}

function Field({ piece, characteristic, entry, onChoose }: FieldProps) {
  const t = useT()
  if (characteristic.samples && piece > characteristic.samples)
    return <span className="label">{t('inspections.not_asked')}</span>
  const text = entry ? (
    <>
      {entry.value !== undefined && <Quantity value={entry.value} unit={characteristic.unit} />}{' '}
      <Status of="verdict" state={entry.result} size="label" />
      {(entry.code || entry.gauge) && <small>{[entry.code, entry.gauge].filter(Boolean).join(', ')}</small>}
    </>
  ) : (
    <span className="label">{t('inspections.open_field')}</span>
  )
  if (!onChoose) return text
  return (
    <UnstyledButton className={classes.cell} onClick={() => onChoose({ piece, characteristic })}>
      <VisuallyHidden>{t('inspections.choose', { name: characteristic.name, piece })} </VisuallyHidden>
      {text}
    </UnstyledButton>
  )
}
