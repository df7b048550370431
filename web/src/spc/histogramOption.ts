import type { EChartsCoreOption } from 'echarts/core'
import type { Colours } from '../chart/colours'
import type { CapabilityReport } from './spc'

interface Words {
  count: string
  lower: string
  upper: string
  mean: string
  number: (value: number) => string
}

/** Values in bins, with the specification as lines: what is outside is drawn in the colour of failure. */
export function histogramOption(report: CapabilityReport, colours: Colours, words: Words): EChartsCoreOption {
  const { from, width, bins } = report.histogram
  const low = report.spec_lower === undefined ? undefined : Number(report.spec_lower)
  const high = report.spec_upper === undefined ? undefined : Number(report.spec_upper)
  const step = width || 1
  const marks = [
    { at: low, label: words.lower },
    { at: high, label: words.upper },
  ].filter((mark) => mark.at !== undefined)
  const ends = [from, from + step * bins.length, ...marks.map((mark) => mark.at!)]
  const room = (Math.max(...ends) - Math.min(...ends)) * 0.04
  return {
    aria: { enabled: false },
    grid: { left: 56, right: 24, top: 56, bottom: 40 },
    xAxis: {
      type: 'value',
      min: Math.min(...ends) - room,
      max: Math.max(...ends) + room,
      axisLabel: { color: colours.ink3, fontSize: 12, formatter: words.number, hideOverlap: true },
      splitLine: { show: false },
      axisLine: { lineStyle: { color: colours.lineStrong } },
    },
    yAxis: {
      type: 'value',
      name: words.count,
      nameGap: 24,
      minInterval: 1,
      nameTextStyle: { color: colours.ink3, fontSize: 12, align: 'left' },
      axisLabel: { color: colours.ink3, fontSize: 12 },
      splitLine: { lineStyle: { color: colours.line } },
    },
    series: [
      {
        type: 'custom',
        animation: false,
        renderItem: bar(colours, low, high),
        encode: { x: [0, 1], y: 2 },
        data: bins.map((count, i) => [from + step * i, from + step * (i + 1), count]),
        markLine: {
          silent: true,
          symbol: 'none',
          animation: false,
          label: { color: colours.ink2, fontSize: 12, position: 'end' },
          data: [
            ...marks.map((mark) => ({
              xAxis: mark.at!,
              lineStyle: { color: colours.critText, type: 'solid' as const, width: 2 },
              label: { formatter: `${mark.label} ${words.number(mark.at!)}` },
            })),
            {
              xAxis: report.mean,
              lineStyle: { color: colours.ink3, type: 'dashed' as const, width: 1 },
              label: { formatter: words.mean, position: 'insideEndTop' as const },
            },
          ],
        },
      },
    ],
  }
}

interface Api {
  value: (dimension: number) => number
  coord: (point: [number, number]) => [number, number]
}

function bar(colours: Colours, low?: number, high?: number) {
  return (_: unknown, api: Api) => {
    const [from, to, count] = [api.value(0), api.value(1), api.value(2)]
    const top = api.coord([from, count])
    const bottom = api.coord([to, 0])
    const outside = (low !== undefined && from < low) || (high !== undefined && to > high)
    return {
      type: 'rect' as const,
      shape: { x: top[0] + 0.5, y: top[1], width: Math.max(bottom[0] - top[0] - 1, 1), height: bottom[1] - top[1] },
      style: { fill: outside ? colours.crit : colours.fill2, stroke: colours.surface },
    }
  }
}
