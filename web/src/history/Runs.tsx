import { Table } from '@mantine/core'
import { useT } from '../i18n/i18n'
import { can, useMe } from '../session/session'
import { Time } from '../time/Time'
import type { HistoryRun } from './history'
import classes from './history.module.css'

/** The durable runs behind the story, and what of them could not be read. */
export function Runs({ runs, gaps }: { runs: HistoryRun[]; gaps: string[] }) {
  const t = useT()
  const engine = can(useMe(), 'engine.use')
  if (runs.length + gaps.length === 0) return null
  return (
    <section aria-labelledby="runs">
      <h2 id="runs" className={classes.day}>
        {t('history.runs')}
      </h2>
      {gaps.map((gap) => (
        <p key={gap} className="label">
          {t('history.gap', { what: gap })}
        </p>
      ))}
      {runs.length > 0 && (
        <Table.ScrollContainer minWidth={700} type="native">
          <Table aria-labelledby="runs" className={classes.runs}>
            <Table.Thead>
              <Table.Tr>
                {(['workflow', 'state', 'events', 'started', 'closed', 'archived'] as const).map((name) => (
                  <Table.Th key={name} scope="col">
                    {t(`history.run.${name}`)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {runs.map((run) => (
                <Table.Tr key={run.run_id}>
                  <Table.Td className="id">
                    {engine ? (
                      <a
                        href={`/temporal/namespaces/default/workflows/${encodeURIComponent(run.workflow_id)}/${run.run_id}`}
                      >
                        {run.workflow_id}
                      </a>
                    ) : (
                      run.workflow_id
                    )}
                  </Table.Td>
                  <Table.Td>{run.status}</Table.Td>
                  <Table.Td>{run.events}</Table.Td>
                  <Table.Td>{run.started_at && <Time value={run.started_at} />}</Table.Td>
                  <Table.Td>{run.closed_at && <Time value={run.closed_at} />}</Table.Td>
                  <Table.Td className="id" title={run.blob}>
                    {run.archived ? t('history.run.hash', { hash: (run.blob ?? '').slice(0, 12) }) : ''}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  )
}
