import { Drawer, Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useLanguage, useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { CsvButton } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { Time } from '../time/Time'
import { eventsQuery, minutes, rounded, windowOf, type LossEvent, type LossKind, type OeeSearch } from './figure'
import classes from './oee.module.css'
import { useLossWord } from './words'

interface Props {
  search: OeeSearch
  equipment: string
  onClose: () => void
}

/** The events that a loss is made of, or the one stretch that was picked. */
export function Events({ search, equipment, onClose }: Props) {
  const t = useT()
  const word = useLossWord()
  const of = search.station ?? equipment
  const query = useQuery(eventsQuery(search, of))
  const reason = search.reason === '-' ? undefined : search.reason
  const events = (query.data ?? []).filter((event) => !search.stretch || event.stretch === search.stretch)
  const name = word({ kind: search.loss as LossKind, reason, names: events[0]?.names })
  return (
    <Drawer
      opened={Boolean(search.loss)}
      onClose={onClose}
      position="right"
      size={600}
      title={t('oee.events.title', { loss: name, equipment: of })}
      closeButtonProps={{ 'aria-label': t('oee.events.close') }}
    >
      {query.isPending && <Rows />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && events.length === 0 && (
        <EmptyState title={t('oee.events.none.title')}>{t('oee.events.none.text')}</EmptyState>
      )}
      {events.length > 0 && (
        <>
          <Table className={classes.table}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('oee.column.when')}</Table.Th>
                <Table.Th scope="col" className="num">
                  {t('oee.column.min')}
                </Table.Th>
                <Table.Th scope="col">{t('oee.column.what')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {events.map((event, i) => (
                <Event key={i} event={event} />
              ))}
            </Table.Tbody>
          </Table>
          <p className={classes.foot}>
            <CsvButton
              path={`/oee/losses/${search.loss}/events`}
              query={{ ...windowOf(search, of), reason: search.reason }}
            />
          </p>
        </>
      )}
    </Drawer>
  )
}

function Event({ event }: { event: LossEvent }) {
  const t = useT()
  const language = useLanguage()
  const word = useLossWord()
  return (
    <Table.Tr>
      <Table.Td>
        <span className="id">{event.station}</span> <Time value={event.from} form="seconds" zone={false} /> –{' '}
        <Time value={event.until} form="seconds" />
      </Table.Td>
      <Table.Td className="num">{minutes(event.seconds, language)}</Table.Td>
      <Table.Td>
        {event.lot ? (
          <Link to="/lots/$lot" params={{ lot: event.lot }}>
            {event.lot}
          </Link>
        ) : event.kind === 'unplanned_down' && !event.reason ? (
          t('oee.events.unexplained')
        ) : (
          word(event)
        )}
        <small>
          {[
            event.detail,
            event.alarm && t('oee.events.alarm', { alarm: event.alarm }),
            event.note,
            event.source && t(`oee.source.${event.source}` as 'oee.source.tag'),
            event.lot && t('oee.events.operation', { operation: event.operation ?? '', product: event.product ?? '' }),
            Number(event.bad) > 0 && t('oee.events.bad', { n: rounded(Number(event.bad), language, 0) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </small>
      </Table.Td>
    </Table.Tr>
  )
}
