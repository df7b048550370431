import { Drawer } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { ListBody } from '../list/ListFrame'
import { CsvButton, ListFoot } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Id } from '../value/Quantity'
import { logQuery, type LogLine } from './dispatch'
import classes from './dispatch.module.css'
import { useReasonText } from './Reasons'

/** What changed in a station's queue, and why, newest first. */
export function LogDrawer({ station, onClose }: { station: string; onClose: () => void }) {
  const t = useT()
  const [cursor, setCursor] = useState<string>()
  const query = useQuery(logQuery(station, cursor))
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={560}
      title={t('dispatch.log.title', { station })}
      closeButtonProps={{ 'aria-label': t('message.close') }}
    >
      <ListBody
        query={query}
        empty={<EmptyState title={t('dispatch.log.empty.title')}>{t('dispatch.log.empty.text')}</EmptyState>}
      >
        {(page) => (
          <>
            <ol className={classes.log}>
              {page.items.map((line) => (
                <Line key={line.id} line={line} />
              ))}
            </ol>
            <ListFoot page={page} cursor={cursor} onPage={setCursor} />
            <CsvButton path={`/stations/${encodeURIComponent(station)}/dispatch-log`} query={{}} />
          </>
        )}
      </ListBody>
    </Drawer>
  )
}

function Line({ line }: { line: LogLine }) {
  const t = useT()
  const text = useReasonText()
  const lots = line.lots ?? []
  return (
    <li>
      <Time value={line.at} />
      {line.kind === 'first' ? (
        <b>
          {line.lot
            ? t('dispatch.log.first', { lot: line.lot, before: line.before ?? '' })
            : t('dispatch.log.none_first', { before: line.before ?? '' })}
        </b>
      ) : (
        <span className="row">
          <Status of="job" state={line.state ?? ''} />
          <span>
            {lots.slice(0, 5).map((lot, index) => (
              <span key={lot}>
                {index > 0 && ', '}
                <Id>{lot}</Id>
              </span>
            ))}
            {line.count > 5 && ` ${t('dispatch.log.more', { n: line.count - Math.min(5, lots.length) })}`}
          </span>
        </span>
      )}
      <small>
        {line.kind === 'state' && line.state === 'ready'
          ? t('dispatch.log.until', { why: text(line.reason) })
          : text(line.reason)}
      </small>
    </li>
  )
}
