import { useCallback } from 'react'
import { Chart, type ChartTable } from '../chart/Chart'
import type { Cell } from '../chart/csv'
import type { Colours } from '../chart/colours'
import { useLanguage, useT, type Key } from '../i18n/i18n'
import { axisFrom, minutes, type Report } from './figure'
import { drawn, waterfallOption } from './waterfallOption'
import { useStepWord } from './words'

/** From the planned time to what good parts were worth, loss by loss. */
export function Waterfall({ report }: { report: Report }) {
  const t = useT()
  const language = useLanguage()
  const name = useStepWord()
  const steps = report.waterfall ?? []
  const option = useCallback(
    (colours: Colours) =>
      waterfallOption(steps, colours, {
        name,
        minutes: (seconds) => minutes(seconds, language),
        group: (factor, seconds) => t(`oee.group.${factor}` as Key, { n: minutes(seconds, language) }),
      }),
    // The words change with the language only.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [report.waterfall, language],
  )
  const table: ChartTable = {
    columns: [t('oee.column.step'), t('oee.column.minutes')],
    rows: steps.map((step): Cell[] => [name(step.key), step.seconds == null ? null : Number(step.seconds) / 60]),
    show: (value, column) =>
      column === 0 ? value : value == null ? t('oee.unknown') : minutes(Number(value) * 60, language),
  }
  const planned = steps.find((step) => step.key === 'planned_busy')
  const from = axisFrom(steps)
  return (
    <Chart
      title={
        <>
          {t('oee.waterfall.title', { n: minutes(planned?.seconds ?? 0, language) })}{' '}
          <small>{from > 0 ? t('oee.waterfall.from', { n: from }) : t('oee.waterfall.minutes')}</small>
        </>
      }
      summary={t('oee.waterfall.summary', {
        what: drawn(steps)
          .map(
            (step) => `${name(step.key)} ${step.seconds == null ? t('oee.unknown') : minutes(step.seconds, language)}`,
          )
          .join(', '),
      })}
      option={option}
      table={table}
      file={`oee-${report.equipment.id}-losses`}
      height={340}
    />
  )
}
