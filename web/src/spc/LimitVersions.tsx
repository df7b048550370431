import { Button, Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useLanguage, useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { ApproveDialog } from './ApproveDialog'
import { digitsFor, limitsQuery, statistic, type Chart, type Limits } from './spc'
import classes from './spc.module.css'

/** Every version of a chart's limits: from which points, by whom, why, and when each came into force. */
export function LimitVersions({ chart }: { chart: Chart }) {
  const t = useT()
  const query = useQuery(limitsQuery(chart.id))
  const [shown, setShown] = useState<Limits>()
  const versions = query.data?.items ?? []
  return (
    <section aria-labelledby="limits">
      <h2 id="limits">{t('spc.versions')}</h2>
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && versions.length === 0 && <p className="label">{t('spc.no_versions')}</p>}
      {versions.length > 0 && (
        <Table.ScrollContainer minWidth={760} type="native">
          <Table className={classes.versions} aria-labelledby="limits">
            <Table.Thead>
              <Table.Tr>
                {(['version', 'state', 'baseline', 'window', 'proposed', 'approved', 'action'] as const).map((name) => (
                  <Table.Th key={name} scope="col">
                    {t(`spc.versions.${name}`)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {versions.map((version) => (
                <Row key={version.version} version={version} onApprove={() => setShown(version)} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {shown && <ApproveDialog chart={chart} limits={shown} onClose={() => setShown(undefined)} />}
    </section>
  )
}

function Row({ version: v, onApprove }: { version: Limits; onApprove: () => void }) {
  const t = useT()
  const me = useMe()
  const language = useLanguage()
  const digits = digitsFor(v.baseline.sigma || v.baseline.mean)
  const last = v.approvals.at(-1)
  const state = v.in_force ? 'in_force' : last ? 'replaced' : 'proposed'
  const excluded = v.window.excluded ?? []
  return (
    <Table.Tr>
      <Table.Td>{v.version}</Table.Td>
      <Table.Td>
        <Status of="limits" state={state} />
      </Table.Td>
      <Table.Td>
        {t('spc.mean')} {statistic(v.baseline.mean, digits, language)}
        {v.baseline.sigma > 0 && (
          <small>
            {t('spc.sigma')} {statistic(v.baseline.sigma, digits, language)}
          </small>
        )}
      </Table.Td>
      <Table.Td>
        {t('spc.window', { from: v.window.from, to: v.window.to })}
        {excluded.length > 0 && (
          <small>{excluded.map((e) => t('spc.without', { n: e.seq, reason: e.reason })).join(' ')}</small>
        )}
      </Table.Td>
      <Table.Td>
        {v.proposed_by}, <Time value={v.proposed_at} />
        <small>{v.reason}</small>
      </Table.Td>
      <Table.Td>
        {last ? (
          <>
            {last.by}, <Time value={last.at} />
            <small>
              {t('spc.from_point', { n: last.from })}: {last.reason}
            </small>
          </>
        ) : (
          '–'
        )}
      </Table.Td>
      <Table.Td>
        {!v.in_force && can(me, 'chart.approve') && (
          <Button variant={last ? 'default' : 'filled'} onClick={onApprove}>
            {t('spc.approve')}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  )
}
