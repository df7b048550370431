import { Button, Select, Table } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { localeOf, useLanguage, useT } from '../i18n/i18n'
import { ListFrame, Rows } from '../list/ListFrame'
import { ShareButton } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { plantQuery } from '../plant/plant'
import { can, useMe } from '../session/session'
import { fromFieldValue, longDate } from '../time/format'
import { useZone } from '../time/site'
import { useTimeText } from '../time/Time'
import { addDays, calendarQuery, daysOf, type Entry, type PlannedSpan, type Week } from './calendar'
import classes from './calendar.module.css'
import { EntryDialog, StrikeDialog } from './EntryDialog'
import { daysText } from './shift'

const route = getRouteApi('/shell/calendar')

type Dialog = { kind: 'new' } | { kind: 'strike'; entry: Entry }

/** When a station, a line or the site plans to work: a week as bars and as a table, and what differs from the shifts. */
export function CalendarPage() {
  const t = useT()
  const me = useMe()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(calendarQuery(search))
  const plant = useQuery(plantQuery).data
  const [dialog, setDialog] = useState<Dialog>()
  const week = query.data
  const writes = can(me, 'calendar.write')
  const go = (change: typeof search) =>
    void navigate({ to: '/calendar', search: { ...search, ...change }, replace: true })
  const places = [
    { value: '', label: t('calendar.site') },
    ...(plant?.lines ?? []).map((line) => ({ value: line.id, label: `${line.id}, ${line.name}` })),
    ...(plant?.stations ?? []).map((s) => ({ value: s.id, label: `${s.line} / ${s.id}, ${s.name}` })),
  ]
  return (
    <ListFrame
      title={t('calendar.title')}
      actions={
        <>
          <ShareButton />
          <Button renderRoot={(props) => <Link to="/shifts" {...props} />}>{t('calendar.shifts')}</Button>
          {writes && (
            <Button variant="filled" onClick={() => setDialog({ kind: 'new' })}>
              {t('calendar.new')}
            </Button>
          )}
        </>
      }
      tools={
        <>
          <Select
            aria-label={t('calendar.equipment')}
            data={places}
            value={search.equipment ?? ''}
            onChange={(value) => go({ equipment: value || undefined })}
            allowDeselect={false}
            searchable
          />
          {week && (
            <>
              <Button aria-label={t('calendar.before')} onClick={() => go({ from: addDays(week.from, -7) })}>
                <IconChevronLeft className="icon" aria-hidden />
              </Button>
              <Button onClick={() => go({ from: undefined })}>{t('calendar.this_week')}</Button>
              <Button aria-label={t('calendar.after')} onClick={() => go({ from: addDays(week.from, 7) })}>
                <IconChevronRight className="icon" aria-hidden />
              </Button>
            </>
          )}
        </>
      }
    >
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Rows />}
      {week && (
        <div className={classes.parts}>
          <p>{t('calendar.rule')}</p>
          <WeekTable week={week} />
          <Entries week={week} onStrike={writes ? (entry) => setDialog({ kind: 'strike', entry }) : undefined} />
        </div>
      )}
      {week && dialog?.kind === 'new' && (
        <EntryDialog week={week} places={places.slice(1)} onClose={() => setDialog(undefined)} />
      )}
      {dialog?.kind === 'strike' && <StrikeDialog entry={dialog.entry} onClose={() => setDialog(undefined)} />}
    </ListFrame>
  )
}

const hours = [0, 3, 6, 9, 12, 15, 18, 21]

function WeekTable({ week }: { week: Week }) {
  const t = useT()
  const zone = useZone()
  const at = useTimeText()
  const said = (span: PlannedSpan) =>
    t('calendar.said', {
      what: wordOf(span, t),
      from: at(span.from, 'clock', false),
      until: at(span.until, 'clock'),
    })
  return (
    <Table className={classes.week} aria-label={t('calendar.week')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t('calendar.day')}</Table.Th>
          <Table.Th scope="col">
            <span className={classes.hours}>
              {hours.map((hour) => (
                <span key={hour}>{String(hour).padStart(2, '0')}:00</span>
              ))}
            </span>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {daysOf(week, zone).map(({ day, parts, hours }) => (
          <Table.Tr key={day}>
            <Table.Th scope="row">
              {longDate(zone, fromFieldValue(zone, `${day}T12:00`))}
              {hours !== 24 && <small>{t('calendar.hours', { n: hours })}</small>}
            </Table.Th>
            <Table.Td>
              {parts.length === 0 ? (
                <span className={classes.nothing}>{t('calendar.no_shift')}</span>
              ) : (
                <ul className={classes.bar}>
                  {parts.map(({ span, left, width }) => (
                    <li
                      key={span.from}
                      data-kind={span.kind}
                      style={{ left: `${left}%`, width: `${width}%` }}
                      title={said(span)}
                    >
                      <span aria-hidden>{span.kind === 'break' ? '' : wordOf(span, t)}</span>
                      <span className="sr">{said(span)}</span>
                    </li>
                  ))}
                </ul>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function wordOf(span: PlannedSpan, t: ReturnType<typeof useT>) {
  if (span.kind === 'shift') return span.shift_name || span.shift || ''
  if (span.kind === 'off') return span.name ? t('calendar.holiday', { name: span.name }) : t('calendar.no_shift')
  return t(span.kind === 'break' ? 'calendar.break' : 'calendar.planned', { name: span.name ?? '' })
}

function Entries({ week, onStrike }: { week: Week; onStrike?: (entry: Entry) => void }) {
  const t = useT()
  const locale = localeOf(useLanguage())
  const entries = week.entries ?? []
  const when = (e: Entry) => {
    const days = e.weekdays?.length
      ? t('calendar.weekly', {
          days: daysText(locale, e.weekdays, (first, last) => t('shifts.from_to', { first, last })),
          from: e.day,
        }) + (e.until ? ` ${t('calendar.until', { until: e.until })}` : '')
      : e.until && e.until !== e.day
        ? t('shifts.from_to', { first: e.day, last: e.until })
        : e.day
    return e.minutes ? t('calendar.at', { days, start: e.start ?? '', minutes: e.minutes }) : days
  }
  return (
    <section aria-labelledby="calendar-entries">
      <h2 id="calendar-entries">{t('calendar.entries')}</h2>
      {entries.length === 0 ? (
        <EmptyState title={t('calendar.none')} />
      ) : (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('calendar.column.kind')}</Table.Th>
              <Table.Th scope="col">{t('calendar.column.name')}</Table.Th>
              <Table.Th scope="col">{t('calendar.column.when')}</Table.Th>
              <Table.Th scope="col">{t('calendar.column.where')}</Table.Th>
              <Table.Th scope="col">{t('shifts.column.by')}</Table.Th>
              {onStrike && <Table.Th scope="col">{t('shifts.column.action')}</Table.Th>}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {entries.map((entry) => (
              <Table.Tr key={entry.id}>
                <Table.Td>{t(`calendar.kind.${entry.kind}`)}</Table.Td>
                <Table.Td>
                  <b>{entry.name}</b> {entry.shift && <small className="id">{entry.shift}</small>}
                </Table.Td>
                <Table.Td>{when(entry)}</Table.Td>
                <Table.Td>{entry.equipment?.join(', ') || t('calendar.site')}</Table.Td>
                <Table.Td className="id">{entry.by}</Table.Td>
                {onStrike && (
                  <Table.Td>
                    <Button
                      size="compact-sm"
                      aria-label={t('calendar.strike.of', { name: entry.name })}
                      onClick={() => onStrike(entry)}
                    >
                      {t('calendar.strike')}
                    </Button>
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </section>
  )
}
