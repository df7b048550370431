import type { EChartsCoreOption } from 'echarts/core'
import type { Colours } from '../chart/colours'
import { fillOf } from '../machines/timelineOption'
import type { Pareto } from './downtime'

interface Options {
  pareto: Pareto
  colours: Colours
  nameOf: (row: NonNullable<Pareto['rows']>[number]) => string
  words: { minutes: string; together: string }
  tooltip: (index: number) => string
}

/** The longest first, and the line of what they make together. */
export function paretoOption({ pareto, colours, nameOf, words, tooltip }: Options): EChartsCoreOption {
  const rows = pareto.rows ?? []
  const axis = { color: colours.ink3, fontSize: 12 }
  return {
    aria: { enabled: false }, // the frame says it in a sentence, and has a table
    grid: { left: 64, right: 56, top: 32, bottom: 72 },
    tooltip: {
      trigger: 'axis',
      confine: true,
      formatter: (items: { dataIndex: number }[]) => tooltip(items[0]!.dataIndex),
    },
    xAxis: {
      type: 'category',
      data: rows.map(nameOf),
      axisLabel: { ...axis, interval: 0, width: 96, overflow: 'break' },
      axisLine: { lineStyle: { color: colours.lineStrong } },
      axisTick: { show: false },
    },
    yAxis: [
      {
        type: 'value',
        name: words.minutes,
        nameTextStyle: axis,
        axisLabel: axis,
        splitLine: { lineStyle: { color: colours.line } },
      },
      { type: 'value', min: 0, max: 100, axisLabel: { ...axis, formatter: '{value} %' }, splitLine: { show: false } },
    ],
    series: [
      {
        type: 'bar',
        barMaxWidth: 64,
        data: rows.map((row) => ({
          value: Math.round(row.seconds / 6) / 10,
          itemStyle: { color: row.state ? fillOf(row.state, colours).color : colours.fill2 },
        })),
      },
      {
        type: 'line',
        name: words.together,
        yAxisIndex: 1,
        symbolSize: 6,
        lineStyle: { color: colours.ink2, width: 1.5 },
        itemStyle: { color: colours.ink2 },
        data: rows.map((row) => Math.round(row.cumulated * 1000) / 10),
      },
    ],
  }
}
