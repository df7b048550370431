import { Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ShareButton } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { plantQuery, type Device } from '../plant/plant'
import { Status } from '../status/Status'
import { duration } from '../time/duration'
import { useNow } from '../time/now'
import { Time } from '../time/Time'
import { healthQuery, wordOf, type Part } from './health'
import classes from './health.module.css'
import { LiveValues } from './LiveValues'

/** Whether the system can do its work, part by part, and what its devices say. */
export function HealthPage() {
  const t = useT()
  const health = useQuery(healthQuery)
  const plant = useQuery({ ...plantQuery, queryKey: ['health', 'plant'], staleTime: 0, refetchInterval: 5_000 })
  const devices = plant.data?.devices ?? []
  return (
    <article className={classes.page}>
      <header className={classes.head}>
        <h1>{t('health.title')}</h1>
        {health.data && <Status of="health" state={wordOf(health.data.state)} variant="tag" />}
        {health.data && <span className="label">{t('health.version', { version: health.data.version })}</span>}
        <span className="grow" />
        <ShareButton />
      </header>
      <section aria-labelledby="parts">
        <h2 id="parts">{t('health.parts')}</h2>
        {health.isPending && <Rows count={6} />}
        {health.isError && <ErrorAlert error={health.error} onRetry={() => void health.refetch()} />}
        {health.data && <Parts parts={health.data.parts ?? []} />}
      </section>
      <section aria-labelledby="devices">
        <h2 id="devices">{t('health.devices')}</h2>
        {plant.isError && <ErrorAlert error={plant.error} onRetry={() => void plant.refetch()} />}
        {plant.data && devices.length === 0 && (
          <EmptyState title={t('health.no_devices')}>{t('health.no_devices_text')}</EmptyState>
        )}
        {devices.length > 0 && <Devices devices={devices} />}
      </section>
    </article>
  )
}

function Parts({ parts }: { parts: Part[] }) {
  const t = useT()
  return (
    <Table className={classes.table} aria-labelledby="parts">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t('health.column.part')}</Table.Th>
          <Table.Th scope="col">{t('list.by_state')}</Table.Th>
          <Table.Th scope="col">{t('health.column.detail')}</Table.Th>
          <Table.Th scope="col">{t('health.column.since')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {parts.map((part) => (
          <Table.Tr key={part.part}>
            <Table.Td>
              <b>{part.part}</b>
            </Table.Td>
            <Table.Td>
              <Status of="health" state={wordOf(part.state)} />
            </Table.Td>
            <Table.Td className={classes.detail}>{part.detail}</Table.Td>
            <Table.Td>{part.since && <Time value={part.since} />}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Devices({ devices }: { devices: Device[] }) {
  const t = useT()
  const now = useNow()
  return (
    <Table.ScrollContainer minWidth={760} type="native">
      <Table className={classes.table} aria-labelledby="devices">
        <Table.Thead>
          <Table.Tr>
            {(['device', 'station', 'driver', 'state', 'for', 'live'] as const).map((name) => (
              <Table.Th key={name} scope="col">
                {t(`health.column.${name}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {devices.map((device) => (
            <Table.Tr key={device.id}>
              <Table.Td className="id">
                <b>{device.id}</b>
                <small>{device.name}</small>
              </Table.Td>
              <Table.Td>
                <Link to="/stations/$station" params={{ station: device.station }}>
                  {device.station}
                </Link>
              </Table.Td>
              <Table.Td>{device.driver}</Table.Td>
              <Table.Td>
                <Status of="device" state={device.state} />
                {device.error && <small className={classes.detail}>{device.error}</small>}
              </Table.Td>
              <Table.Td>{device.since && duration(t, now - new Date(device.since).getTime())}</Table.Td>
              <Table.Td>
                <LiveValues device={device} />
                {device.driver === 'opcua' && (
                  <Link
                    to="/trends"
                    search={{ device: device.id }}
                    aria-label={t('telemetry.of_device', { device: device.id })}
                  >
                    {t('telemetry.title')}
                  </Link>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
