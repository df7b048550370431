import { Anchor, Breadcrumbs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ShareButton } from '../list/ListTools'
import { ErrorAlert } from '../message/ErrorAlert'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { AuditExtract } from './AuditExtract'
import { Balance } from './Balance'
import { DeviationList } from './Deviations'
import { orderRecordPath, orderRecordQuery, type OrderRecord } from './historyRecord'
import { LotDeviations, Lots } from './OrderLots'
import classes from './record.module.css'
import { RecordFiles } from './RecordFiles'
import { Release } from './Release'
import { Sentence } from './Sentence'
import { Work } from './Work'
import { shortHash } from '../sign/sign'

const route = getRouteApi('/shell/orders/$number/record')

/** An order's whole record: whether it balances, what was not as planned, and each lot by its own record. */
export function OrderRecordPage() {
  const { number } = route.useParams()
  const query = useQuery(orderRecordQuery(number))
  return (
    <article className={classes.page}>
      {query.isPending && <Rows />}
      {query.isError && !query.data && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Detail record={query.data} />}
    </article>
  )
}

function Detail({ record }: { record: OrderRecord }) {
  const t = useT()
  const { content, beside } = record
  const deviations = record.deviations ?? []
  return (
    <>
      <Head record={record} />
      <Balance content={content} />
      <section aria-labelledby="order-deviations">
        <header className={classes.head}>
          <h2 id="order-deviations">{t('records.deviations.order')}</h2>
          <p>
            {deviations.length > 0
              ? t('records.deviations.count', { count: deviations.length })
              : t('records.deviations.none')}
          </p>
        </header>
        {deviations.length > 0 && <DeviationList deviations={deviations} />}
      </section>
      <LotDeviations record={record} />
      <Release
        noun="order_record"
        id={content.order}
        hash={record.hash}
        ended={content.outcome !== undefined}
        releases={beside.releases ?? []}
      />
      <Lots record={record} />
      <Work labour={content.labour} documents={content.documents} />
      <AuditExtract rows={beside.audit ?? []} />
    </>
  )
}

function Head({ record }: { record: OrderRecord }) {
  const t = useT()
  const { content, beside } = record
  return (
    <div>
      <Breadcrumbs separator="/" className={classes.crumb} component="nav" aria-label={t('lots.crumbs')}>
        <Anchor renderRoot={(props) => <Link to="/orders" {...props} />}>{t('orders.title')}</Anchor>
        <Anchor renderRoot={(props) => <Link to="/orders" search={{ sel: content.order }} {...props} />}>
          {content.order}
        </Anchor>
        <span>{t('records.order.crumb')}</span>
      </Breadcrumbs>
      <div className={classes.top}>
        <h1 className="id">{content.order}</h1>
        <Status of="order" state={beside.state} variant="tag" />
        <span className="grow" />
        <RecordFiles path={orderRecordPath(content.order)} name={content.order} bundle />
        <ShareButton label={t('lots.share')} />
      </div>
      <Sentence outcome={content.outcome} releases={beside.releases ?? []} hash={record.hash} />
      <dl className={classes.facts}>
        <div>
          <dt className="label">{t('records.fact.product')}</dt>
          <dd>
            {t('lots.fact.rev', { product: content.product, revision: content.revision })}
            {beside.product_name && `, ${beside.product_name}`}
          </dd>
        </div>
        <div>
          <dt className="label">{t('records.fact.line')}</dt>
          <dd>{content.line}</dd>
        </div>
        <div>
          <dt className="label">{t('records.fact.made')}</dt>
          <dd>
            <Time value={content.started_at} form="full" zone={!content.ended_at} />
            {content.ended_at && (
              <>
                {' – '}
                <Time value={content.ended_at} form="full" />
              </>
            )}
          </dd>
        </div>
        <div>
          <dt className="label">{t('records.fact.hash')}</dt>
          <dd className="id" title={record.hash}>
            {shortHash(record.hash)}
          </dd>
        </div>
      </dl>
    </div>
  )
}
