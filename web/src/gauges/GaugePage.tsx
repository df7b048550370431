import { Anchor, Breadcrumbs, Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { address } from '../api/http'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { CsvButton, ListFoot } from '../list/ListTools'
import lots from '../lots/lots.module.css'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { Quantity, useLimits } from '../value/Quantity'
import { CalibrateDialog } from './CalibrateDialog'
import { calibrationsQuery, gaugeQuery, measuredQuery, path, type Gauge } from './gauge'
import { GaugeDialog } from './GaugeDialog'
import classes from './gauges.module.css'

const route = getRouteApi('/shell/gauges/$gauge')

/** One gauge: whether it may be used, its calibrations, and what was measured with it. */
export function GaugePage() {
  const { gauge } = route.useParams()
  const query = useQuery(gaugeQuery(gauge))
  return (
    <article className={lots.page}>
      {query.isPending && <Rows />}
      {query.isError && !query.data && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Body gauge={query.data} />}
    </article>
  )
}

function Body({ gauge }: { gauge: Gauge }) {
  const t = useT()
  const me = useMe()
  const limits = useLimits()
  const [open, setOpen] = useState<'change' | 'calibrate'>()
  const [calibration, setCalibration] = useState(0)
  return (
    <>
      <div>
        <Breadcrumbs separator="/" className={lots.crumb} component="nav" aria-label={t('gauges.title')}>
          <Anchor renderRoot={(props) => <Link to="/gauges" {...props} />}>{t('gauges.title')}</Anchor>
          <span className="id">{gauge.id}</span>
        </Breadcrumbs>
        <div className={lots.head}>
          <h1>
            <span className="id">{gauge.id}</span> {gauge.name}
          </h1>
          <Status of="gauge" state={gauge.state ?? 'uncalibrated'} variant="tag" />
          <span className="grow" />
          {can(me, 'gauge.manage') && <Button onClick={() => setOpen('change')}>{t('gauges.change')}</Button>}
          {can(me, 'gauge.calibrate') && !gauge.retired && (
            <Button variant="filled" onClick={() => setOpen('calibrate')}>
              {t('gauges.calibrate')}
            </Button>
          )}
        </div>
        <Facts
          rows={[
            [t('gauges.field.kind'), gauge.kind],
            [
              t('gauges.range'),
              limits(gauge.lower, gauge.upper) && `${limits(gauge.lower, gauge.upper)} ${gauge.unit ?? ''}`,
            ],
            [
              t('gauges.field.resolution'),
              gauge.resolution && <Quantity key="r" value={gauge.resolution} unit={gauge.unit} />,
            ],
            [t('gauges.field.station'), gauge.station],
            [t('gauges.field.device'), gauge.device],
            [t('gauges.field.owner'), gauge.owner],
            [t('gauges.field.interval_days'), gauge.interval_days],
            [t('gauges.column.due'), gauge.last && <Time key="due" value={gauge.last.due_at} />],
          ]}
        />
      </div>
      <Calibrations gauge={gauge} chosen={calibration} onChoose={setCalibration} />
      <MeasuredWith gauge={gauge} calibration={calibration} onAll={() => setCalibration(0)} />
      {open === 'change' && <GaugeDialog gauge={gauge} onClose={() => setOpen(undefined)} />}
      {open === 'calibrate' && <CalibrateDialog gauge={gauge} onClose={() => setOpen(undefined)} />}
    </>
  )
}

function Calibrations({ gauge, chosen, onChoose }: { gauge: Gauge; chosen: number; onChoose: (n: number) => void }) {
  const t = useT()
  const query = useQuery(calibrationsQuery(gauge.id))
  const items = query.data?.items ?? []
  return (
    <section aria-labelledby="calibrations">
      <div className={classes.titleRow}>
        <h2 id="calibrations">{t('gauges.calibrations')}</h2>
        <CsvButton path={`${path}/${gauge.id}/calibrations`} query={{}} />
      </div>
      {query.isPending && <Rows count={3} />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && items.length === 0 && (
        <EmptyState title={t('gauges.no_calibrations')}>{t('gauges.no_calibrations_text')}</EmptyState>
      )}
      {items.length > 0 && (
        <div className={classes.scroll} tabIndex={0} role="group" aria-label={t('gauges.calibrations')}>
          <table className={classes.table}>
            <thead>
              <tr>
                {(['performed', 'by', 'as_found', 'as_left', 'due', 'evidence', 'reach'] as const).map((name) => (
                  <th key={name} scope="col">
                    {t(`gauges.calibration.${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {items.map((c) => (
                <tr key={c.n} data-n={c.n} data-chosen={chosen === c.n || undefined}>
                  <td>
                    <Time value={c.performed_at} />
                  </td>
                  <td>
                    {c.performed_by}
                    <small>{[c.certificate, c.note].filter(Boolean).join(', ')}</small>
                  </td>
                  <td>
                    <Status of="conformity" state={c.as_found} />
                  </td>
                  <td>
                    <Status of="conformity" state={c.as_left} />
                  </td>
                  <td>
                    <Time value={c.due_at} form="date" />
                  </td>
                  <td>
                    {c.evidence ? (
                      <Anchor href={address(`${path}/${gauge.id}/calibrations/${c.n}/evidence`)} download>
                        {c.evidence_name || t('gauges.field.evidence')}
                      </Anchor>
                    ) : (
                      '–'
                    )}
                  </td>
                  <td>
                    <Button size="compact-sm" onClick={() => onChoose(c.n)}>
                      {t('gauges.reach_back')}
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

/** What is in doubt if this calibration found the gauge out of tolerance; without one, everything since the last good one. */
function MeasuredWith({ gauge, calibration, onAll }: { gauge: Gauge; calibration: number; onAll: () => void }) {
  const t = useT()
  const [cursor, setCursor] = useState<string>()
  const query = useQuery(measuredQuery(gauge.id, calibration, cursor))
  const items = query.data?.items ?? []
  return (
    <section aria-labelledby="measured">
      <div className={classes.titleRow}>
        <h2 id="measured">{calibration ? t('gauges.measured_before', { n: calibration }) : t('gauges.measured')}</h2>
        {calibration > 0 && (
          <Button
            size="compact-md"
            onClick={() => {
              setCursor(undefined)
              onAll()
            }}
          >
            {t('gauges.measured_all')}
          </Button>
        )}
        <CsvButton
          path={`${path}/${gauge.id}/measured`}
          query={calibration ? { calibration: String(calibration) } : {}}
        />
      </div>
      {query.isPending && <Rows count={4} />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && items.length === 0 && <EmptyState title={t('gauges.nothing_measured')} />}
      {query.data && items.length > 0 && (
        <>
          <div className={classes.scroll} tabIndex={0} role="group" aria-label={t('gauges.measured')}>
            <table className={classes.table}>
              <thead>
                <tr>
                  {(['at', 'lot', 'what', 'value', 'result', 'by'] as const).map((name) => (
                    <th key={name} scope="col">
                      {t(`gauges.measured_column.${name}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {items.map((m, i) => (
                  <tr key={i}>
                    <td>
                      <Time value={m.at} />
                    </td>
                    <td>
                      <Anchor renderRoot={(props) => <Link to="/lots/$lot" params={{ lot: m.lot }} {...props} />}>
                        <span className="id">{m.lot}</span>
                      </Anchor>
                    </td>
                    <td>
                      {m.what}
                      {m.noun === 'inspection' && <small className="id">{m.subject}</small>}
                    </td>
                    <td>{m.value !== undefined ? <Quantity value={m.value} unit={m.unit} /> : '–'}</td>
                    <td>
                      <Status of="verdict" state={m.result} />
                    </td>
                    <td>{m.by}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <ListFoot page={query.data} cursor={cursor} onPage={setCursor} />
        </>
      )}
    </section>
  )
}
