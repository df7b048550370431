import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams, EChartsCoreOption } from 'echarts'
import type { Colours } from '../chart/colours'
import type { Stretch } from './machine'

interface Options {
  stretches: Stretch[]
  from: number
  until: number
  colours: Colours
  clock: (at: number) => string
  tooltip: (stretch: Stretch) => string
}

/** Calm grey for what is normal, hue and pattern for what is not, as everywhere. */
export function fillOf(state: string, colours: Colours): { color: string; pattern?: 'hatch' | 'dots' | 'lines' } {
  switch (state) {
    case 'running':
      return { color: colours.fill1 }
    case 'idle':
      return { color: colours.fill3 }
    case 'blocked':
      return { color: colours.warn, pattern: 'hatch' }
    case 'starved':
      return { color: colours.warn, pattern: 'dots' }
    case 'setup':
      return { color: colours.fill2, pattern: 'lines' }
    case 'planned_down':
      return { color: colours.fill2 }
    case 'unplanned_down':
      return { color: colours.crit }
    default:
      return { color: colours.surface, pattern: 'hatch' }
  }
}

const symbols = { hatch: 'rect', dots: 'circle', lines: 'rect' } as const

/** A pattern that reads in black and white. */
const decalOf = (pattern: 'hatch' | 'dots' | 'lines' | undefined, colours: Colours) =>
  pattern && {
    symbol: symbols[pattern],
    color: colours.ink3,
    dashArrayX: pattern === 'dots' ? [[2, 6]] : [1, 0],
    dashArrayY: pattern === 'dots' ? [2, 6] : [1, 5],
    rotation: pattern === 'hatch' ? Math.PI / 4 : 0,
    symbolSize: pattern === 'dots' ? 0.8 : 1,
  }

/** A machine's states over time: one band, each stretch a block. */
export function timelineOption({ stretches, from, until, colours, clock, tooltip }: Options): EChartsCoreOption {
  return {
    aria: { enabled: false }, // the frame says it in a sentence, and has a table
    grid: { left: 8, right: 8, top: 8, bottom: 28 },
    tooltip: {
      confine: true,
      formatter: (item: { dataIndex: number }) => tooltip(stretches[item.dataIndex]!),
    },
    xAxis: {
      type: 'time',
      min: from,
      max: until,
      axisLine: { lineStyle: { color: colours.lineStrong } },
      axisLabel: { color: colours.ink3, fontSize: 12, hideOverlap: true, formatter: (at: number) => clock(at) },
      splitLine: { show: false },
    },
    yAxis: { type: 'category', data: [''], show: false },
    series: [
      {
        type: 'custom',
        renderItem: (_: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) => {
          const begin = api.coord([api.value(0), 0])
          const end = api.coord([api.value(1), 0])
          const height = Number((api.size!([0, 1]) as number[])[1])
          const stretch = stretches[Number(api.value(2))]!
          const { color, pattern } = fillOf(stretch.state, colours)
          return {
            type: 'rect',
            shape: { x: begin[0]!, y: begin[1]! - height / 2, width: Math.max(end[0]! - begin[0]!, 1), height },
            style: { fill: color, stroke: colours.raised, lineWidth: 0.5, decal: decalOf(pattern, colours) },
          }
        },
        encode: { x: [0, 1], y: -1 },
        data: stretches.map((stretch, i) => [
          Math.max(new Date(stretch.from).getTime(), from),
          stretch.until ? new Date(stretch.until).getTime() : until,
          i,
        ]),
      },
    ],
  }
}
