import { Table } from '@mantine/core'
import { useState } from 'react'
import type { Schemas } from '../api/http'
import { useT } from '../i18n/i18n'
import { Time } from '../time/Time'

import classes from './record.module.css'
import { shortHash } from '../sign/sign'

/** The rows of the audit trail that tell of the record, folded until somebody asks. */
export function AuditExtract({ rows }: { rows: Schemas['AuditRow'][] }) {
  const t = useT()
  const [open, setOpen] = useState(false)
  if (rows.length === 0) return null
  return (
    <details className={classes.folded} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('records.audit', { count: rows.length })}</summary>
      {open && (
        <Table.ScrollContainer minWidth={700} type="native">
          <Table className={classes.table} aria-label={t('records.audit', { count: rows.length })}>
            <Table.Thead>
              <Table.Tr>
                {(['row', 'at', 'by', 'action', 'reason', 'hash'] as const).map((name) => (
                  <Table.Th key={name} scope="col">
                    {t(`records.audit.column.${name}`)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <Table.Tr key={row.id}>
                  <Table.Td>{row.id}</Table.Td>
                  <Table.Td>
                    <Time value={row.at} form="full" />
                  </Table.Td>
                  <Table.Td className="id">{row.actor}</Table.Td>
                  <Table.Td>{row.action.replaceAll('_', ' ')}</Table.Td>
                  <Table.Td className={classes.wrap}>{row.reason}</Table.Td>
                  <Table.Td className="id" title={row.hash}>
                    {row.hash && shortHash(row.hash)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </details>
  )
}
