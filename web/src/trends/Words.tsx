import { Table } from '@mantine/core'
import { useT } from '../i18n/i18n'
import { Time } from '../time/Time'
import { nameOf, type Series } from './trends'

/** Tags whose values are words: when each word came, newest first. */
export function Words({ list }: { list: Series[] }) {
  const t = useT()
  const rows = list
    .flatMap((series) =>
      series.points
        .filter((bucket, i) => bucket.text && bucket.text !== series.points[i - 1]?.text)
        .map((bucket) => ({ tag: nameOf(series.tag), at: bucket.at, text: bucket.text })),
    )
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, 200)
  if (rows.length === 0) return null
  return (
    <section aria-labelledby="words">
      <h2 id="words">{t('telemetry.words')}</h2>
      <Table.ScrollContainer minWidth={0} mah={320} type="native" tabIndex={0} role="group" aria-labelledby="words">
        <Table aria-labelledby="words">
          <Table.Thead>
            <Table.Tr>
              {(['at', 'tag', 'word'] as const).map((name) => (
                <Table.Th key={name} scope="col">
                  {t(`telemetry.column.${name}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={`${row.tag} ${row.at}`}>
                <Table.Td>
                  <Time value={row.at} form="full" />
                </Table.Td>
                <Table.Td>{row.tag}</Table.Td>
                <Table.Td>{row.text}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  )
}
