import { Button, Checkbox, Switch, Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { ListBody } from '../list/ListFrame'
import { ListFoot, SearchField } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { can, useMe } from '../session/session'
import { Time } from '../time/Time'
import { Id, Quantity } from '../value/Quantity'
import { Dispose } from './Dispose'
import { heldLotsQuery, type HeldLot, type HoldView, type LotsFilter } from './hold'
import classes from './holds.module.css'

/** Every contained lot: how it was found, where, and what became of it. Several are decided on together. */
export function HeldLots({ hold }: { hold: HoldView }) {
  const t = useT()
  const me = useMe()
  const [filter, setFilter] = useState<LotsFilter>({})
  const [chosen, setChosen] = useState<ReadonlyMap<string, HeldLot>>(new Map())
  const [deciding, setDeciding] = useState(false)
  const query = useQuery(heldLotsQuery(hold.id, filter))
  const may = can(me, 'hold.dispose') && hold.state !== 'closed'
  const choose = (lot: HeldLot, on: boolean) => {
    const next = new Map(chosen)
    if (on) next.set(lot.lot, lot)
    else next.delete(lot.lot)
    setChosen(next)
  }
  return (
    <section aria-labelledby="lots">
      <header className={classes.sectionHead}>
        <h2 id="lots">{t('holds.disposition')}</h2>
        <p>{t('holds.disposition_text', { n: hold.found - hold.open, total: hold.found })}</p>
        <div className={classes.tools}>
          <SearchField
            label={t('holds.search_lots')}
            value={filter.q}
            onChange={(q) => setFilter({ ...filter, q: q || undefined, cursor: undefined })}
          />
          <Switch
            label={t('holds.only_undecided')}
            checked={filter.undecided ?? false}
            onChange={(event) =>
              setFilter({ ...filter, undecided: event.currentTarget.checked || undefined, cursor: undefined })
            }
          />
          {may && (
            <Button variant="filled" disabled={chosen.size === 0} onClick={() => setDeciding(true)}>
              {t('holds.decide_on', { count: chosen.size })}
            </Button>
          )}
        </div>
      </header>
      <ListBody query={query} empty={<EmptyState title={t('list.none_found')}>{t('list.none_found_text')}</EmptyState>}>
        {(page) => (
          <>
            <Table.ScrollContainer minWidth={820} type="native">
              <Table aria-labelledby="lots" className={classes.lots}>
                <Table.Thead>
                  <Table.Tr>
                    {may && <Table.Th scope="col">{t('holds.column.choose')}</Table.Th>}
                    {(['lot', 'why', 'where', 'quantity', 'stood', 'decision'] as const).map((name) => (
                      <Table.Th key={name} scope="col" className={name === 'quantity' ? 'num' : undefined}>
                        {t(`holds.column.${name}`)}
                      </Table.Th>
                    ))}
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {page.items.map((lot) => (
                    <Table.Tr key={lot.lot}>
                      {may && (
                        <Table.Td>
                          <Checkbox
                            aria-label={t('holds.choose', { lot: lot.lot })}
                            checked={chosen.has(lot.lot)}
                            disabled={lot.ended_at !== undefined}
                            onChange={(event) => choose(lot, event.currentTarget.checked)}
                          />
                        </Table.Td>
                      )}
                      <Row lot={lot} />
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
            <ListFoot page={page} cursor={filter.cursor} onPage={(cursor) => setFilter({ ...filter, cursor })} />
          </>
        )}
      </ListBody>
      {deciding && (
        <Dispose
          hold={hold.id}
          places={[...new Set([...chosen.values()].map((lot) => lot.place))]}
          lots={[...chosen.keys()]}
          onClose={() => {
            setDeciding(false)
            setChosen(new Map())
          }}
        />
      )}
    </section>
  )
}

function Row({ lot }: { lot: HeldLot }) {
  const t = useT()
  return (
    <>
      <Table.Td>
        <Link to="/lots/$lot" params={{ lot: lot.lot }}>
          <Id>{lot.lot}</Id>
        </Link>
        <small className="id">{lot.material}</small>
      </Table.Td>
      <Table.Td>
        {t(`holds.why.${lot.why as 'named'}`, { via: lot.via ?? '' })}
        {lot.joined && <small>{t('holds.came_later')}</small>}
      </Table.Td>
      <Table.Td>
        {t(`holds.at.${lot.place}`)} <span className="id">{lot.customer || lot.at}</span>
        <small className="id">{lot.delivery_note || lot.operation}</small>
      </Table.Td>
      <Table.Td className="num">
        <Quantity value={lot.quantity} unit={lot.unit} />
      </Table.Td>
      <Table.Td>
        {lot.acknowledged_at ? <Time value={lot.acknowledged_at} form="seconds" /> : t('holds.runs')}
        {lot.aside_at && (
          <small>{t('holds.put_aside', { place: lot.aside_place || '–', who: lot.aside_by ?? '' })}</small>
        )}
      </Table.Td>
      <Table.Td>
        {lot.end ? (
          <>
            {t(`holds.end.${lot.end as 'released'}`)}
            <small>
              <Time value={lot.ended_at} />
            </small>
          </>
        ) : lot.decision ? (
          <>
            {t(`holds.decision.${lot.decision}`)}
            <small>{t('holds.waits_signature')}</small>
          </>
        ) : (
          t('holds.to_decide')
        )}
      </Table.Td>
    </>
  )
}
