import { Table } from '@mantine/core'
import { useT } from '../i18n/i18n'
import classes from './audit.module.css'
import { diff } from './diff'

/** What a row of the trail changed: old and new value side by side; what stayed is folded. */
export function Difference({ before, after }: { before: unknown; after: unknown }) {
  const t = useT()
  const all = diff(before, after)
  const changed = all.filter((change) => change.kind !== 'same')
  const same = all.length - changed.length
  if (all.length === 0) return <p className="label">{t('audit.diff.nothing')}</p>
  return (
    <>
      <Table className={classes.diff} aria-label={t('audit.diff.title')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('audit.diff.field')}</Table.Th>
            <Table.Th scope="col">{t('audit.diff.before')}</Table.Th>
            <Table.Th scope="col">{t('audit.diff.after')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changed.map((change) => (
            <Table.Tr key={change.path} data-kind={change.kind}>
              <Table.Th scope="row" className="id">
                {change.path}
              </Table.Th>
              <Table.Td>{change.before === undefined ? '–' : <del>{change.before}</del>}</Table.Td>
              <Table.Td>{change.after === undefined ? '–' : <ins>{change.after}</ins>}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {same > 0 && <p className="label">{t('audit.diff.same', { count: same })}</p>}
    </>
  )
}
