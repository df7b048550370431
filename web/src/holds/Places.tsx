import { Button, Table } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconInfoCircle } from '@tabler/icons-react'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { can, useMe } from '../session/session'
import { Note } from '../status/Status'
import { Time } from '../time/Time'
import { Quantity } from '../value/Quantity'
import { Dispose } from './Dispose'
import type { HoldView, PlaceCount } from './hold'
import classes from './holds.module.css'
import { Notify } from './Notify'

/** Where what is held was found, and how far it is there. */
export function Places({ hold }: { hold: HoldView }) {
  const t = useT()
  const me = useMe()
  const [deciding, setDeciding] = useState<PlaceCount>()
  const [telling, setTelling] = useState<PlaceCount>()
  const places = hold.places ?? []
  const may = can(me, 'hold.dispose') && hold.state !== 'closed'
  return (
    <>
      <Table.ScrollContainer minWidth={760} type="native">
        <Table aria-labelledby="places" className={classes.places}>
          <Table.Thead>
            <Table.Tr>
              {(['place', 'found', 'blocked', 'stopped', 'aside', 'ended'] as const).map((name) => (
                <Table.Th key={name} scope="col" className={name === 'found' ? 'num' : undefined}>
                  {t(`holds.column.${name}`)}
                </Table.Th>
              ))}
              {may && <Table.Th scope="col">{t('holds.column.do')}</Table.Th>}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {places.map((place) => (
              <Table.Tr key={`${place.place}/${place.at}/${place.note}/${place.material}`} data-place={place.place}>
                <Table.Td>
                  <b>
                    {t(`holds.at.${place.place}`)} {place.at && <span className="id">{place.at}</span>}
                  </b>
                  <small className="id">{[place.note, place.material].filter(Boolean).join(', ')}</small>
                </Table.Td>
                <Table.Td className="num">
                  {t('holds.lots', { count: place.lots })}
                  <small>
                    <Quantity value={place.quantity} unit={place.unit} />
                  </small>
                </Table.Td>
                <Table.Td>
                  <Blocked place={place} />
                </Table.Td>
                <Table.Td>
                  {place.stopped < place.lots ? (
                    <Note tone="warn" icon={IconAlertTriangle}>
                      {t('holds.n_of', { n: place.stopped, total: place.lots })}
                    </Note>
                  ) : (
                    <>
                      {t('holds.all')}
                      <small>
                        <Time value={place.last} form="seconds" />
                      </small>
                    </>
                  )}
                </Table.Td>
                <Table.Td>{place.aside > 0 ? t('holds.n_of', { n: place.aside, total: place.lots }) : '–'}</Table.Td>
                <Table.Td>{t('holds.n_of', { n: place.ended, total: place.lots })}</Table.Td>
                {may && (
                  <Table.Td>
                    <div className={classes.does}>
                      {place.place === 'shipped' && !place.notified && place.ended < place.lots && (
                        <Button size="compact-sm" onClick={() => setTelling(place)}>
                          {t('holds.notify')}
                        </Button>
                      )}
                      {place.ended < place.lots && (
                        <Button size="compact-sm" onClick={() => setDeciding(place)}>
                          {t('holds.decide')}
                        </Button>
                      )}
                    </div>
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
          <Table.Tfoot>
            <Table.Tr>
              <Table.Th scope="row">{t('holds.total')}</Table.Th>
              <Table.Td className="num">{t('holds.lots', { count: hold.found })}</Table.Td>
              <Table.Td>{t('holds.n_held', { n: hold.held })}</Table.Td>
              <Table.Td />
              <Table.Td />
              <Table.Td>{t('holds.n_of', { n: hold.found - hold.open, total: hold.found })}</Table.Td>
              {may && <Table.Td />}
            </Table.Tr>
          </Table.Tfoot>
        </Table>
      </Table.ScrollContainer>
      {hold.joined > 0 && <p className={classes.joined}>{t('holds.joined', { count: hold.joined })}</p>}
      {deciding && (
        <Dispose
          hold={hold.id}
          places={[deciding.place]}
          filter={{ place: deciding.place, at: deciding.at }}
          onClose={() => setDeciding(undefined)}
        />
      )}
      {telling && <Notify hold={hold.id} place={telling} onClose={() => setTelling(undefined)} />}
    </>
  )
}

function Blocked({ place }: { place: PlaceCount }) {
  const t = useT()
  if (place.place === 'shipped')
    return place.notified ? (
      <>
        {t('holds.notified')}
        <small>
          <Time value={place.notified} />
        </small>
      </>
    ) : (
      <Note tone="warn" icon={IconInfoCircle}>
        {t('holds.to_notify')}
      </Note>
    )
  if (place.place === 'consumed' || place.place === 'gone') return <>{t('holds.nothing_left')}</>
  return (
    <Note tone="plain" icon={IconCheck}>
      {place.held === place.lots ? t('holds.all') : t('holds.n_of', { n: place.held, total: place.lots })}
    </Note>
  )
}
