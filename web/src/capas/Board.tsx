import { IconMoon } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { Note, Status } from '../status/Status'
import { useTimeText } from '../time/Time'
import { columnOf, columns, type Column, type Row } from './capa'
import classes from './capas.module.css'
import { Due } from './Due'

/** What is open, in columns from containment to closure. What is due first stands on top. */
export function Board({ rows }: { rows: Row[] }) {
  const t = useT()
  return (
    <div className={classes.board} role="group" aria-label={t('capas.board')} tabIndex={0}>
      {columns.map((column) => {
        const cards = rows.filter((row) => columnOf(row) === column)
        return (
          <section key={column} aria-labelledby={`column-${column}`}>
            <h2 id={`column-${column}`}>
              {t(`capas.board.${column satisfies Column}`)} <span>{cards.length}</span>
            </h2>
            {cards.length === 0 && <p>{t('capas.board.none')}</p>}
            <ul>
              {cards.map((row) => (
                <li key={row.id}>
                  <Card row={row} />
                </li>
              ))}
            </ul>
          </section>
        )
      })}
    </div>
  )
}

function Card({ row }: { row: Row }) {
  const t = useT()
  const time = useTimeText()
  return (
    <Link to="/capas/$id" params={{ id: row.id }} className={classes.card}>
      <span className={classes.cardTop}>
        <span className="id">{row.id}</span>
        <Status of="severity" state={row.severity} size="label" />
      </span>
      <b>{row.title}</b>
      <small>
        {[
          row.discipline <= 8 ? `D${row.discipline}` : undefined,
          row.iteration > 1 ? t('capas.round', { n: row.iteration }) : undefined,
          row.owner || t('capas.nobody'),
          row.open_tasks > 0 ? t('capas.open_tasks', { count: row.open_tasks }) : undefined,
        ]
          .filter(Boolean)
          .join(' · ')}
      </small>
      {row.state === 'watching' && row.check_at && (
        <Note tone="plain" icon={IconMoon}>
          {t('capas.sleeps_until', { at: time(row.check_at, 'date') })}
        </Note>
      )}
      {row.state.endsWith('_signing') && <Status of="capa" state={row.state} size="label" />}
      {row.next_due && <Due at={row.next_due} size="label" />}
    </Link>
  )
}
