import { Anchor, Modal } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import classes from './audit.module.css'
import { Difference } from './Difference'
import { actionWord, nounWord, recordOf, type Row } from './trail'

/** One row of the trail as it is stored. */
export function RowDialog({ row, onClose }: { row: Row; onClose: () => void }) {
  const t = useT()
  const record = recordOf(row)
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${t('audit.row', { id: String(row.id) })}: ${actionWord(t, row.action)}`}
      closeButtonProps={{ 'aria-label': t('message.close') }}
      size="xl"
    >
      <Facts
        rows={[
          [t('audit.column.at'), <Time key="a" value={row.at} form="full" />],
          [
            t('audit.filter.actor'),
            <span key="w" className="id">
              {row.actor || '–'}
            </span>,
          ],
          [
            t('audit.row.source'),
            row.source && (
              <span key="s" className="id">
                {row.source}
              </span>
            ),
          ],
          [
            nounWord(t, row.noun),
            <span key="r" className="id">
              {row.subject}
            </span>,
          ],
          [t('audit.column.reason'), row.reason || t('audit.row.none')],
          [
            t('audit.row.key'),
            row.key && (
              <span key="k" className={classes.hash}>
                {row.key}
              </span>
            ),
          ],
          [
            t('audit.row.hash'),
            <span key="h" className={classes.hash}>
              {row.hash}
            </span>,
          ],
        ]}
      />
      <Difference before={row.before} after={row.after} />
      <p className="row">
        {record?.to === '/lots/$lot' && (
          <Anchor renderRoot={(props) => <Link to="/lots/$lot" params={{ lot: record.id }} {...props} />}>
            {t('audit.row.open')}
          </Anchor>
        )}
        {record?.to === '/orders' && (
          <Anchor renderRoot={(props) => <Link to="/orders" search={{ sel: record.id }} {...props} />}>
            {t('audit.row.open')}
          </Anchor>
        )}
        <Anchor
          renderRoot={(props) => <Link to="/audit" search={{ noun: row.noun, subject: row.subject }} {...props} />}
        >
          {t('audit.row.trail')}
        </Anchor>
      </p>
    </Modal>
  )
}
