import { Table } from '@mantine/core'
import { useT } from '../i18n/i18n'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { type Signature } from './historyRecord'
import classes from './record.module.css'
import { shortHash } from '../sign/sign'

/** Printed name, time with zone and meaning of each signature, and what it is worth now. */
export function Signatures({ signatures }: { signatures: Signature[] }) {
  const t = useT()
  if (signatures.length === 0) return null
  return (
    <section aria-labelledby="signatures">
      <header className={classes.head}>
        <h2 id="signatures">{t('records.signatures')}</h2>
        <p>{t('records.signatures.text')}</p>
      </header>
      <Table.ScrollContainer minWidth={700} type="native">
        <Table className={classes.table} aria-labelledby="signatures">
          <Table.Thead>
            <Table.Tr>
              {(['meaning', 'what', 'name', 'at', 'hash', 'now'] as const).map((name) => (
                <Table.Th key={name} scope="col">
                  {t(`records.signatures.column.${name}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {signatures.map((s) => (
              <Table.Tr key={s.id}>
                <Table.Td>
                  <b>{t(`sign.means.${s.meaning}`)}</b>
                </Table.Td>
                <Table.Td className={classes.wrap}>
                  {s.record.id}
                  {s.reason && `, ${s.reason}`}
                </Table.Td>
                <Table.Td>
                  {s.name} ({s.signer})
                </Table.Td>
                <Table.Td>
                  <Time value={s.at} form="full" />
                </Table.Td>
                <Table.Td className="id" title={s.hash}>
                  {shortHash(s.hash)}
                </Table.Td>
                <Table.Td>
                  <Status of="signature" state={s.state} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  )
}
