import { Alert } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { Chart as Frame } from '../chart/Chart'
import type { Colours } from '../chart/colours'
import { useLanguage, useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { histogramOption } from './histogramOption'
import { capabilityQuery, digitsFor, statistic, type CapabilityReport, type Chart } from './spc'
import classes from './spc.module.css'

/** What the process can do against what is allowed, for the points that are shown. */
export function Capability({ chart, from, to }: { chart: Chart; from: number; to: number }) {
  const t = useT()
  const query = useQuery(capabilityQuery(chart.id, from, to))
  if (query.isError)
    return (
      <section aria-label={t('spc.capability')}>
        <h2>{t('spc.capability')}</h2>
        <ErrorAlert error={query.error} />
      </section>
    )
  return query.data ? <Report chart={chart} report={query.data} /> : null
}

function Report({ chart, report }: { chart: Chart; report: CapabilityReport }) {
  const t = useT()
  const language = useLanguage()
  const digits = digitsFor(report.sigma_overall)
  const number = useCallback((value: number) => statistic(value, digits, language), [digits, language])
  const option = useCallback(
    (colours: Colours) =>
      histogramOption(report, colours, {
        count: t('spc.values'),
        lower: t('spc.lsl'),
        upper: t('spc.usl'),
        mean: t('spc.mean'),
        number,
      }),
    [report, t, number],
  )
  const { histogram: h } = report
  const rows = h.bins.map((count, i) => [h.from + h.width * i, h.from + h.width * (i + 1), count])
  return (
    <>
      <Frame
        title={t('spc.capability')}
        summary={t('spc.capability_summary', { n: report.n, below: report.below, above: report.above })}
        option={option}
        table={{
          columns: [t('spc.column.bin_from'), t('spc.column.bin_to'), t('spc.values')],
          rows,
          show: (value, column) => (column < 2 ? number(value as number) : value),
        }}
        file={`capability-${chart.id}`}
        height={300}
      />
      {report.unstable && (
        <Alert variant="default" mb="sm">
          {t('spc.unstable')}
        </Alert>
      )}
      {report.spec_changed && (
        <Alert variant="default" mb="sm">
          {t('spc.spec_changed')}
        </Alert>
      )}
      <dl className={classes.figures}>
        {(['cp', 'cpk', 'cpl', 'cpu', 'pp', 'ppk', 'ppl', 'ppu'] as const)
          .filter((name) => report[name])
          .map((name) => (
            <div key={name}>
              <dt>{t(`spc.index.${name}`)}</dt>
              <dd>{statistic(report[name]!.value, 2, language)}</dd>
              <dd className="label">
                {t('spc.interval', {
                  low: statistic(report[name]!.low, 2, language),
                  high: statistic(report[name]!.high, 2, language),
                })}
              </dd>
            </div>
          ))}
        <div>
          <dt>{t('spc.outside')}</dt>
          <dd>{report.below + report.above}</dd>
          <dd className="label">{t('spc.of_values', { n: report.n })}</dd>
        </div>
        <div>
          <dt>{t('spc.mean')}</dt>
          <dd>{number(report.mean)}</dd>
          <dd className="label">
            {t('spc.sigmas', { within: number(report.sigma_within), overall: number(report.sigma_overall) })}
          </dd>
        </div>
      </dl>
    </>
  )
}
