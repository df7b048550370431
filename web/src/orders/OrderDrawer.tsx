import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconDots, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { duration } from '../time/duration'
import { useNow } from '../time/now'
import { Time } from '../time/Time'
import { Quantity } from '../value/Quantity'
import { OrderLabour } from '../labour/OrderLabour'
import { ErpLine } from '../erp/ErpLine'
import { ChangeOrder } from './ChangeOrder'
import { InProcess } from './InProcess'
import { commandsFor, lateness, type Order } from './order'
import { OrderCommand, type CommandName } from './OrderCommand'
import classes from './orders.module.css'
import { QuantityBar } from './QuantityBar'
import { OrderRevision } from './OrderRevision'
import { orderQuery } from './queries'
import { useWaitText } from './useWaitText'

/** One order beside the list, which stays alive. */
export function OrderDrawer({ number, onClose }: { number: string; onClose: () => void }) {
  const t = useT()
  const query = useQuery(orderQuery(number))
  return (
    <aside className={classes.drawer} aria-labelledby="drawer-title">
      {query.data ? (
        <Detail order={query.data} onClose={onClose} />
      ) : (
        <header>
          <h2 id="drawer-title" className="id">
            {number}
          </h2>
          <span className="grow" />
          <CloseButton onClose={onClose} />
        </header>
      )}
      {query.isPending && <Rows count={6} />}
      {query.isError && !query.data && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && (
        <p className="label">
          {query.data.created_by && t('orders.created_by', { user: query.data.created_by })}{' '}
          {query.data.created_at && <Time value={query.data.created_at} />}
        </p>
      )}
    </aside>
  )
}

function CloseButton({ onClose }: { onClose: () => void }) {
  const t = useT()
  return (
    <ActionIcon onClick={onClose} aria-label={t('message.close')}>
      <IconX className="icon" />
    </ActionIcon>
  )
}

function Detail({ order, onClose }: { order: Order; onClose: () => void }) {
  const t = useT()
  return (
    <>
      <Head order={order} onClose={onClose} />
      <DueFacts order={order} />
      <section>
        <h3>
          <Quantity value={order.quantity} strong /> {order.product}{' '}
          <span>
            {order.revision && t('orders.routing', { revision: order.revision })}
            {order.released_at && (
              <>
                , {t('orders.frozen')} <Time value={order.released_at} />
              </>
            )}
          </span>
        </h3>
        <QuantityBar order={order} />
      </section>
      {order.revision && <OrderRevision order={order} />}
      {order.revision && <InProcess order={order} />}
      {order.revision && <OrderLabour order={order.number} />}
      <ErpLine order={order.number} />
    </>
  )
}

function Head({ order, onClose }: { order: Order; onClose: () => void }) {
  const t = useT()
  const me = useMe()
  const [command, setCommand] = useState<CommandName>()
  const [changing, setChanging] = useState(false)
  const may = commandsFor(order)
  const holdable = can(me, 'order.hold') && may.hold
  const cancellable = can(me, 'order.cancel') && may.cancel
  // Beside the one main button there is room for little else: holding moves into the menu.
  const leading = (can(me, 'order.release') && may.release) || (can(me, 'order.resume') && may.resume)
  return (
    <header>
      <div className={classes.named}>
        <h2 id="drawer-title" className="id">
          {order.number}
        </h2>
        <Status of="order" state={order.state} variant={order.state === 'held' ? 'solid' : 'tag'} />
      </div>
      {can(me, 'order.release') && may.release && (
        <Button variant="filled" onClick={() => setCommand('release')}>
          {t('orders.command.release')}
        </Button>
      )}
      {can(me, 'order.resume') && may.resume && (
        <Button variant="filled" onClick={() => setCommand('resume')}>
          {t('orders.command.resume')}
        </Button>
      )}
      {can(me, 'order.change', 'order.prioritise') && may.change && (
        <Button onClick={() => setChanging(true)}>{t('orders.command.change')}</Button>
      )}
      {holdable && !leading && <Button onClick={() => setCommand('hold')}>{t('orders.command.hold')}</Button>}
      {can(me, 'history.read') && (
        <Button
          renderRoot={(props) => <Link to="/orders/$number/history" params={{ number: order.number }} {...props} />}
        >
          {t('orders.record')}
        </Button>
      )}
      {can(me, 'record.read') && order.revision && (
        <Button
          renderRoot={(props) => <Link to="/orders/$number/record" params={{ number: order.number }} {...props} />}
        >
          {t('records.order.open')}
        </Button>
      )}
      {(cancellable || (holdable && leading)) && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={t('list.more')}>
              <IconDots className="icon" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {holdable && leading && (
              <Menu.Item onClick={() => setCommand('hold')}>{t('orders.command.hold')}</Menu.Item>
            )}
            {cancellable && <Menu.Item onClick={() => setCommand('cancel')}>{t('orders.command.cancel')}</Menu.Item>}
          </Menu.Dropdown>
        </Menu>
      )}
      <CloseButton onClose={onClose} />
      {command && <OrderCommand order={order} command={command} onClose={() => setCommand(undefined)} />}
      {changing && <ChangeOrder order={order} onClose={() => setChanging(false)} />}
    </header>
  )
}

function DueFacts({ order }: { order: Order }) {
  const t = useT()
  const now = useNow()
  const { late, by } = lateness(order, now)
  const because = useWaitText()(order)
  return (
    <dl className={classes.due}>
      <div>
        <dt className="label">{t('orders.due')}</dt>
        <dd>
          <Time value={order.due} />
        </dd>
      </div>
      {(order.expected || late) && (
        <div>
          <dt className="label">{t('orders.expected_head')}</dt>
          <dd data-late={late || undefined}>
            {order.expected && <Time value={order.expected} />}
            {order.expected && late && ', '}
            {late && t('orders.late_by', { time: duration(t, by) })}
          </dd>
        </div>
      )}
      {order.ended_at && (
        <div>
          <dt className="label">{t('orders.ended')}</dt>
          <dd>
            <Time value={order.ended_at} />
          </dd>
        </div>
      )}
      {because && (
        <div>
          <dt className="label">{t('orders.waits_for')}</dt>
          <dd>{because}</dd>
        </div>
      )}
      <div>
        <dt className="label">{t('orders.priority_head')}</dt>
        <dd>{order.priority}</dd>
      </div>
    </dl>
  )
}
