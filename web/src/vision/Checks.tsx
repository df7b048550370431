import { Table } from '@mantine/core'
import { useT } from '../i18n/i18n'
import { Status } from '../status/Status'
import { wordOf, type CheckResult } from './vision'

/** What a rule says of each of its checks. */
export function Checks({ checks, label }: { checks: CheckResult[]; label: string }) {
  const t = useT()
  return (
    <Table aria-label={label}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t('vision.check.name')}</Table.Th>
          <Table.Th scope="col">{t('vision.check.result')}</Table.Th>
          <Table.Th scope="col">{t('vision.check.why')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {checks.map((check) => (
          <Table.Tr key={check.id} data-check={check.id} data-result={check.result}>
            <Table.Td className="id">{check.id}</Table.Td>
            <Table.Td>
              <Status of="verdict" state={wordOf(check.result)} />
            </Table.Td>
            <Table.Td>{check.why}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
