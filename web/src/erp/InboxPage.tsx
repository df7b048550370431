import { Code, Spoiler, Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { ListBody, ListFrame } from '../list/ListFrame'
import { EmptyState } from '../message/EmptyState'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import classes from './erp.module.css'
import { inboxQuery } from './message'

/** The other side: what the demonstration ERP says that it received. */
export function InboxPage() {
  const t = useT()
  const query = useQuery(inboxQuery)
  return (
    <ListFrame title={t('erp.inbox.title')} actions={<Link to="/erp">{t('erp.outbox')}</Link>}>
      <p className={classes.intro}>{t('erp.inbox.text')}</p>
      <ListBody query={query} empty={<EmptyState title={t('erp.inbox.empty')}>{t('erp.inbox.empty_text')}</EmptyState>}>
        {(page) => (
          <Table className={classes.table} aria-label={t('erp.inbox.title')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('erp.column.received')}</Table.Th>
                <Table.Th scope="col">{t('erp.column.key')}</Table.Th>
                <Table.Th scope="col">{t('erp.column.signature')}</Table.Th>
                <Table.Th scope="col">{t('erp.column.content')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {page.items.map((message) => (
                <Table.Tr key={message.key}>
                  <Table.Td>
                    <Time value={message.received_at} form="seconds" />
                  </Table.Td>
                  <Table.Td className="id">
                    <b>{message.key}</b>
                    {message.duplicates > 0 && (
                      <small className="label"> {t('erp.inbox.again', { count: message.duplicates })}</small>
                    )}
                  </Table.Td>
                  <Table.Td>
                    <Status of="verdict" state={message.verified ? 'pass' : 'fail'}>
                      {message.verified ? t('erp.inbox.signed') : (message.why ?? t('erp.inbox.unsigned'))}
                    </Status>
                  </Table.Td>
                  <Table.Td>
                    <Spoiler maxHeight={36} showLabel={t('erp.inbox.show')} hideLabel={t('erp.inbox.hide')}>
                      <Code block>{JSON.stringify(message.body, null, 2)}</Code>
                    </Spoiler>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </ListBody>
    </ListFrame>
  )
}
