import { Button, Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { localeOf, useLanguage, useT } from '../i18n/i18n'
import { ListFrame, Rows } from '../list/ListFrame'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Time } from '../time/Time'
import { AssignDialog, EndDialog } from './AssignDialog'
import { OverrideDialog } from './OverrideDialog'
import { daysText, shiftsQuery, type Assignment, type Plan, type Shift } from './shift'
import { ShiftDialog } from './ShiftDialog'
import classes from './shifts.module.css'

type Dialog =
  | { kind: 'shift'; shift?: Shift }
  | { kind: 'assign' }
  | { kind: 'end'; assignment: Assignment }
  | { kind: 'override'; account?: string }

/** Shifts, who works when, and who is let in outside their shift. */
export function ShiftsPage() {
  const t = useT()
  const me = useMe()
  const query = useQuery(shiftsQuery)
  const [dialog, setDialog] = useState<Dialog>()
  const close = () => setDialog(undefined)
  const plan = query.data
  const manages = can(me, 'shift.manage')
  return (
    <ListFrame
      title={t('shifts.title')}
      actions={
        <>
          {can(me, 'shift.override') && (
            <Button onClick={() => setDialog({ kind: 'override' })}>{t('shifts.override.open')}</Button>
          )}
          {can(me, 'calendar.read') && (
            <Button renderRoot={(props) => <Link to="/calendar" {...props} />}>{t('calendar.title')}</Button>
          )}
          {manages && (
            <>
              <Button onClick={() => setDialog({ kind: 'shift' })}>{t('shifts.new')}</Button>
              <Button variant="filled" onClick={() => setDialog({ kind: 'assign' })} disabled={!plan?.shifts?.length}>
                {t('shifts.assign.open')}
              </Button>
            </>
          )}
        </>
      }
    >
      {query.isPending && <Rows />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {plan && (
        <div className={classes.parts}>
          <p>{t('shifts.rule', { minutes: plan.tolerance_minutes })}</p>
          <Patterns plan={plan} onOpen={manages ? (shift) => setDialog({ kind: 'shift', shift }) : undefined} />
          <Assignments
            plan={plan}
            onEnd={manages ? (assignment) => setDialog({ kind: 'end', assignment }) : undefined}
          />
          <Overrides plan={plan} />
        </div>
      )}
      {dialog?.kind === 'shift' && <ShiftDialog shift={dialog.shift} onClose={close} />}
      {plan && dialog?.kind === 'assign' && <AssignDialog plan={plan} onClose={close} />}
      {dialog?.kind === 'end' && <EndDialog assignment={dialog.assignment} onClose={close} />}
      {plan && dialog?.kind === 'override' && <OverrideDialog plan={plan} onClose={close} />}
    </ListFrame>
  )
}

/** A small table with its heading; nothing in it is said in words. */
function Part({ title, head, rows, empty }: { title: string; head: string[]; rows: ReactNode[]; empty: string }) {
  return (
    <section aria-label={title} className={classes.part}>
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <EmptyState title={empty} />
      ) : (
        <Table aria-label={title} layout="fixed">
          <Table.Thead>
            <Table.Tr>
              {head.map((name, i) => (
                <Table.Th key={i}>{name}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>{rows}</Table.Tbody>
        </Table>
      )}
    </section>
  )
}

function Patterns({ plan, onOpen }: { plan: Plan; onOpen?: (shift: Shift) => void }) {
  const t = useT()
  const locale = localeOf(useLanguage())
  return (
    <Part
      title={t('shifts.patterns')}
      head={[
        t('shifts.column.shift'),
        t('shifts.column.days'),
        t('shifts.column.time'),
        t('shifts.breaks'),
        t('shifts.column.action'),
      ]}
      empty={t('shifts.empty')}
      rows={(plan.shifts ?? []).map((shift) => (
        <Table.Tr key={shift.id}>
          <Table.Td>
            <b>{shift.name}</b> <small className="id">{shift.id}</small>
          </Table.Td>
          <Table.Td>
            {daysText(locale, shift.days ?? [], (first, last) => t('shifts.from_to', { first, last }))}
          </Table.Td>
          <Table.Td>{t('shifts.from_to', { first: shift.start, last: shift.end })}</Table.Td>
          <Table.Td>
            {shift.breaks?.map((b) => `${b.start} (${b.minutes} min)`).join(', ') || t('shifts.breaks.none')}
          </Table.Td>
          <Table.Td>
            {onOpen && (
              <Button size="compact-sm" onClick={() => onOpen(shift)}>
                {t('shifts.change')}
              </Button>
            )}
          </Table.Td>
        </Table.Tr>
      ))}
    />
  )
}

function Assignments({ plan, onEnd }: { plan: Plan; onEnd?: (assignment: Assignment) => void }) {
  const t = useT()
  return (
    <Part
      title={t('shifts.assignments')}
      head={[
        t('shifts.column.person'),
        t('shifts.column.shift'),
        t('shifts.column.validity'),
        t('shifts.column.action'),
      ]}
      empty={t('shifts.nobody')}
      rows={(plan.assignments ?? []).map((a) => (
        <Table.Tr key={a.id}>
          <Table.Td>
            <b>{a.name}</b> <small className="id">{a.account}</small>
          </Table.Td>
          <Table.Td>{a.shift_name}</Table.Td>
          <Table.Td>
            {a.until ? t('shifts.from_to', { first: a.from, last: a.until }) : t('shifts.since', { from: a.from })}
          </Table.Td>
          <Table.Td>
            {onEnd && (
              <Button size="compact-sm" onClick={() => onEnd(a)}>
                {t('shifts.end.open')}
              </Button>
            )}
          </Table.Td>
        </Table.Tr>
      ))}
    />
  )
}

function Overrides({ plan }: { plan: Plan }) {
  const t = useT()
  const open = plan.overrides ?? []
  if (open.length === 0) return null
  return (
    <Part
      title={t('shifts.overrides')}
      head={[t('shifts.column.person'), t('shifts.column.until'), t('orders.reason'), t('shifts.column.by')]}
      empty=""
      rows={open.map((o, i) => (
        <Table.Tr key={i}>
          <Table.Td>
            <b>{o.name}</b> <small className="id">{o.account}</small>
          </Table.Td>
          <Table.Td>
            <Time value={o.until} />
          </Table.Td>
          <Table.Td>{o.reason}</Table.Td>
          <Table.Td className="id">{o.by}</Table.Td>
        </Table.Tr>
      ))}
    />
  )
}
