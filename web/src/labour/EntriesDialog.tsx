import { Button, Modal, Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { can, useMe } from '../session/session'
import { Time } from '../time/Time'
import { CorrectDialog } from './CorrectDialog'
import { codesQuery, workTime, type LabourDays, type LabourEntry, type PersonDay } from './labour'

/** One person's day, stretch by stretch; each can be corrected by somebody else. */
export function EntriesDialog({ person, days, onClose }: { person: PersonDay; days: LabourDays; onClose: () => void }) {
  const t = useT()
  const me = useMe()
  const codes = useQuery(codesQuery).data?.items
  const [correcting, setCorrecting] = useState<LabourEntry>()
  const entries = (days.entries ?? []).filter((e) => e.account === person.account)
  const what = (e: LabourEntry) => codes?.find((c) => c.id === e.code)?.name ?? e.code
  if (correcting) return <CorrectDialog entry={correcting} onClose={onClose} />
  return (
    <Modal
      opened
      onClose={onClose}
      title={person.name}
      size="xl"
      closeButtonProps={{ 'aria-label': t('message.close') }}
    >
      <Table aria-label={person.name}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('labour.column.from')}</Table.Th>
            <Table.Th scope="col">{t('labour.column.to')}</Table.Th>
            <Table.Th scope="col">{t('labour.column.what')}</Table.Th>
            <Table.Th scope="col">{t('labour.column.time')}</Table.Th>
            <Table.Th scope="col">{t('labour.column.remark')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((e) => (
            <Table.Tr key={`${e.from}/${e.lot ?? ''}/${e.operation ?? ''}/${e.code ?? ''}`}>
              <Table.Td>
                <Time value={e.from} form="seconds" zone={false} />
              </Table.Td>
              <Table.Td>{e.open ? t('labour.running') : <Time value={e.to} form="seconds" zone={false} />}</Table.Td>
              <Table.Td>
                {e.lot ? (
                  <>
                    <Link to="/lots/$lot" params={{ lot: e.lot }} className="id">
                      {e.lot}
                    </Link>{' '}
                    {e.operation} {e.operation_name}
                  </>
                ) : (
                  what(e)
                )}
              </Table.Td>
              <Table.Td>{workTime(t, e.ms)}</Table.Td>
              <Table.Td>
                {e.share > 1 && <span>{t('labour.shared', { n: e.share })} </span>}
                {e.cut && <span>{t('labour.cut')} </span>}
                {e.corrected && <span>{t('labour.corrected', { reason: e.corrected })} </span>}
                {can(me, 'labour.correct') && e.account !== me.id && !e.open && (
                  <Button size="compact-sm" onClick={() => setCorrecting(e)}>
                    {t('labour.correct')}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  )
}
