import type { EChartsCoreOption } from 'echarts/core'
import type { Colours } from '../chart/colours'
import { axisFrom, type Step } from './figure'
import { fills } from './pattern'

export interface WaterfallWords {
  name: (key: Step['key']) => string
  minutes: (seconds: number) => string
  /** "Availability losses, 57.0 min" */
  group: (factor: string, seconds: number) => string
}

/** Steps that are drawn: all levels, and the losses that there are. */
export const drawn = (steps: Step[]) =>
  steps.filter((step) => step.total || step.seconds == null || Number(step.seconds) !== 0)

const factors = ['availability', 'effectiveness', 'quality']

/** From the planned time to what good parts were worth: levels stand on the axis, losses hang between them. */
export function waterfallOption(all: Step[], colours: Colours, words: WaterfallWords): EChartsCoreOption {
  const steps = drawn(all)
  const from = axisFrom(all)
  const fill = fills(colours)
  let level = 0
  const bars = steps.map((step) => {
    const before = level
    const minutes = Number(step.seconds ?? 0) / 60
    level = step.total ? minutes : level - minutes
    return step.total
      ? { step, low: 0, top: minutes }
      : { step, low: Math.min(before, level), top: Math.max(before, level) }
  })
  const highest = Math.max(...bars.map((bar) => bar.top), from + 1)
  const red = (step: Step) => step.key === 'unplanned_down' || step.key === 'reject'
  return {
    aria: { enabled: false }, // the frame says it in a sentence, and has a table
    grid: { left: 12, right: 12, top: 34, bottom: 74 },
    xAxis: {
      type: 'category',
      data: steps.map((step) => words.name(step.key)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colours.ink2, width: 1.5 } },
      axisLabel: { interval: 0, fontSize: 12, color: colours.ink2, width: 62, overflow: 'break', lineHeight: 15 },
    },
    yAxis: { type: 'value', min: from, max: highest, show: false },
    series: [
      {
        type: 'bar',
        stack: 'steps',
        silent: true,
        itemStyle: { color: 'transparent' },
        data: bars.map((bar) => bar.low),
        barCategoryGap: '30%',
      },
      {
        type: 'bar',
        stack: 'steps',
        data: bars.map(({ step, low, top }) => ({
          value: top - low,
          itemStyle: {
            color: step.key === 'planned_busy' || step.key === 'producing' ? colours.fill3 : fill[lookOf(step.key)],
            borderColor: step.total || red(step) ? 'transparent' : colours.fill1,
            borderWidth: step.total || red(step) ? 0 : 1,
          },
          label: {
            show: true,
            position: 'top',
            fontSize: 14,
            fontWeight: 600,
            color: red(step) ? colours.critText : colours.ink,
            formatter: label(step, words),
          },
        })),
      },
      brackets(steps, colours, words),
    ],
  }
}

const lookOf = (key: Step['key']) => (key === 'planned_busy' || key === 'producing' ? 'running' : key)

function label(step: Step, words: WaterfallWords) {
  if (step.seconds == null) return '?'
  const seconds = Number(step.seconds)
  if (step.total) return words.minutes(seconds)
  return seconds < 0 ? `+${words.minutes(-seconds)}` : `−${words.minutes(seconds)}`
}

interface Drawing {
  value: (dimension: number) => number
  coord: (at: [number, number]) => [number, number]
  size: (of: [number, number]) => [number, number]
}

/** Under the bars: which losses belong to which factor, and what they make together. */
function brackets(steps: Step[], colours: Colours, words: WaterfallWords) {
  const groups = factors
    .map((factor) => {
      const places = steps.flatMap((step, i) => (step.factor === factor ? [i] : []))
      const seconds = places.reduce((sum, i) => sum + Number(steps[i]!.seconds ?? 0), 0)
      return { factor, first: places[0], last: places.at(-1), seconds }
    })
    .filter((group) => group.first !== undefined)
  return {
    type: 'custom',
    silent: true,
    clip: false,
    data: groups.map((group, i) => [group.first, group.last, i]),
    renderItem: (params: { coordSys: unknown }, api: Drawing) => {
      const area = params.coordSys as { y: number; height: number }
      const bottom = area.y + area.height + 46
      const half = api.size([1, 0])[0] * 0.36
      const left = api.coord([api.value(0), 0])[0] - half
      const right = api.coord([api.value(1), 0])[0] + half
      const group = groups[api.value(2)]!
      return {
        type: 'group',
        children: [
          {
            type: 'polyline',
            shape: {
              points: [
                [left, bottom - 6],
                [left, bottom],
                [right, bottom],
                [right, bottom - 6],
              ],
            },
            style: { stroke: colours.lineStrong, fill: 'none', lineWidth: 1 },
          },
          {
            type: 'text',
            style: {
              text: words.group(group.factor, group.seconds),
              x: (left + right) / 2,
              y: bottom + 6,
              align: 'center',
              verticalAlign: 'top',
              fill: colours.ink2,
              fontFamily: colours.font,
              fontSize: 12,
            },
          },
        ],
      }
    },
  }
}
