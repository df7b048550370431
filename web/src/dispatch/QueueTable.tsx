import { ActionIcon, Anchor, Table, Tooltip } from '@mantine/core'
import { IconArrowBarToUp, IconArrowUp, IconPinnedOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { KeyboardEvent } from 'react'
import { useT } from '../i18n/i18n'
import { Status } from '../status/Status'
import { duration } from '../time/duration'
import { Time } from '../time/Time'
import { oneUp, type Job } from './dispatch'
import classes from './dispatch.module.css'
import type { Move } from './MoveDialog'
import { Reasons } from './Reasons'

interface Props {
  station: string
  /** The whole queue, and those of it that are shown. */
  jobs: Job[]
  rows: Job[]
  mayMove: boolean
  onMove: (move: Move) => void
  onRelease: (lot: string) => void
}

/** A queue in its order: place, job, whether it may start, and every reason. */
export function QueueTable({ station, jobs, rows, mayMove, onMove, onRelease }: Props) {
  const t = useT()
  return (
    <Table.ScrollContainer minWidth={720} type="native">
      <Table className={classes.table} aria-label={t('dispatch.queue_of', { station })}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col" className={classes.place}>
              {t('dispatch.column.place')}
            </Table.Th>
            <Table.Th scope="col">{t('dispatch.column.job')}</Table.Th>
            <Table.Th scope="col">{t('list.by_state')}</Table.Th>
            <Table.Th scope="col">{t('dispatch.column.why')}</Table.Th>
            <Table.Th scope="col">{t('dispatch.column.slack')}</Table.Th>
            <Table.Th scope="col">{t('dispatch.column.start')}</Table.Th>
            {mayMove && <Table.Th scope="col">{t('dispatch.column.move')}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((job) => (
            <Row key={job.lot} {...{ station, jobs, job, mayMove, onMove, onRelease }} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

type RowProps = Omit<Props, 'rows'> & { job: Job }

function Row({ station, jobs, job, mayMove, onMove, onRelease }: RowProps) {
  const t = useT()
  const d = job.dispatch
  if (!d) return null
  const up = oneUp(jobs, job)
  const top = () => onMove({ station, lot: job.lot })
  const step = () => up && onMove({ station, lot: job.lot, before: up.lot })
  const keys = (event: KeyboardEvent) => {
    if (!mayMove || !event.altKey || !up) return
    if (event.key !== 'ArrowUp' && event.key !== 'Home') return
    event.preventDefault()
    if (event.key === 'Home') top()
    else step()
  }
  return (
    <Table.Tr data-state={d.state} onKeyDown={keys}>
      <Table.Td className={classes.place}>{d.position}</Table.Td>
      <Table.Td>
        <Anchor renderRoot={(props) => <Link to="/lots/$lot" params={{ lot: job.lot }} {...props} />}>
          <b className="id">{job.lot}</b>
        </Anchor>
        <small>
          {job.order}, {job.product_name}
        </small>
      </Table.Td>
      <Table.Td>
        <Status of="job" state={d.state} />
      </Table.Td>
      <Table.Td>
        <Reasons reasons={d.reasons ?? []} />
      </Table.Td>
      <Table.Td className="nowrap">
        {d.slack_s < 0
          ? t('dispatch.late_by', { time: duration(t, -d.slack_s * 1000) })
          : duration(t, d.slack_s * 1000)}
      </Table.Td>
      <Table.Td>{d.start ? <Time value={d.start} zone={false} /> : '–'}</Table.Td>
      {mayMove && (
        <Table.Td>
          <span className={classes.moves}>
            <Act label={t('dispatch.up', { lot: job.lot })} off={!up} onClick={step} icon={IconArrowUp} />
            <Act label={t('dispatch.top', { lot: job.lot })} off={!up} onClick={top} icon={IconArrowBarToUp} />
            {d.place && (
              <Act
                label={t('dispatch.release', { lot: job.lot })}
                onClick={() => onRelease(job.lot)}
                icon={IconPinnedOff}
              />
            )}
          </span>
        </Table.Td>
      )}
    </Table.Tr>
  )
}

interface ActProps {
  label: string
  off?: boolean
  onClick: () => void
  icon: typeof IconArrowUp
}

function Act({ label, off, onClick, icon: Icon }: ActProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size="lg" aria-label={label} disabled={off} onClick={onClick}>
        <Icon className="icon" aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}
