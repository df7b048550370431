import type { EChartsCoreOption } from 'echarts/core'
import type { Colours } from '../chart/colours'
import type { Piece, StationTimes } from './figure'
import { dashed, fills } from './pattern'

/** One stretch of the picture with the line that it is on. */
export interface Drawn {
  row: number
  piece: Piece
  station: StationTimes
}

/** All stretches in the order in which they are drawn; what was picked is found by its place here. Time off is left empty. */
export const stretches = (stations: StationTimes[]): Drawn[] =>
  stations.flatMap((station, row) =>
    (station.pieces ?? []).filter((piece) => piece.category !== 'off').map((piece) => ({ row, piece, station })),
  )

export interface TimelineWords {
  clock: (time: number) => string
  tooltip: (drawn: Drawn) => string
  availability: (station: StationTimes) => string
  heading: string
}

interface Options {
  stations: StationTimes[]
  /** The station that the figures are of; its line is higher and has an edge. */
  focus: string
  from: string
  until: string
  colours: Colours
  words: TimelineWords
}

/** Height of a line, of the one in focus, and what stands above and below. */
const line = 26
const tall = 40
const top = 28

const heightsOf = (stations: StationTimes[], focus: string) =>
  stations.map((station) => (station.station === focus ? tall : line))

export const timelineHeight = (stations: StationTimes[], focus: string) =>
  top + heightsOf(stations, focus).reduce((a, b) => a + b, 0) + 8

interface Drawing {
  value: (dimension: number) => number
  coord: (at: [number, number]) => [number, number]
}

/** The states of a line's stations, one below the other, over the same hours. */
export function timelineOption({ stations, focus, from, until, colours, words }: Options): EChartsCoreOption {
  const fill = fills(colours)
  const heights = heightsOf(stations, focus)
  const offsets = heights.map((_, i) => top + heights.slice(0, i).reduce((a, b) => a + b, 0))
  const all = stretches(stations)
  const name = (station: StationTimes) => `{id|${station.station}}  {name|${station.name}}`
  const row = (i: number) => ({ y: offsets[i]! + 4, height: heights[i]! - 8 })
  return {
    aria: { enabled: false }, // the frame says it in a sentence, and has a table
    grid: { left: 170, right: 84, top, bottom: 8 },
    xAxis: {
      type: 'time',
      position: 'top',
      min: new Date(from).getTime(),
      max: new Date(until).getTime(),
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { show: true, lineStyle: { color: colours.line } },
      axisLabel: { color: colours.ink3, fontSize: 12, formatter: words.clock, hideOverlap: true },
    },
    yAxis: { type: 'value', min: 0, max: 1, show: false },
    tooltip: {
      trigger: 'item',
      backgroundColor: colours.raised,
      borderColor: colours.lineStrong,
      textStyle: { color: colours.ink, fontSize: 13 },
      formatter: ({ dataIndex, seriesIndex }: { dataIndex: number; seriesIndex: number }) =>
        seriesIndex === 0 ? words.tooltip(all[dataIndex]!) : '',
    },
    series: [
      {
        type: 'custom',
        clip: true,
        encode: { x: [0, 1] },
        data: all.map(({ piece, row: at }) => [new Date(piece.from).getTime(), new Date(piece.until).getTime(), at]),
        renderItem: (params: { dataIndex: number }, api: Drawing) => {
          const { piece, row: at } = all[params.dataIndex]!
          const left = api.coord([api.value(0), 0])[0]
          const right = api.coord([api.value(1), 0])[0]
          const edge = dashed(piece.category)
          return {
            type: 'rect',
            shape: { x: left, ...row(at), width: Math.max(right - left, 1.5) },
            style: {
              fill: fill[piece.category],
              stroke: edge ? colours.lineStrong : plain.has(piece.category) ? 'none' : colours.fill1,
              lineWidth: edge ? 1 : plain.has(piece.category) ? 0 : 0.8,
              lineDash: edge ? [3, 3] : undefined,
            },
          }
        },
      },
      {
        type: 'custom',
        silent: true,
        clip: false,
        data: stations.map((_, i) => [new Date(from).getTime(), new Date(until).getTime(), i]),
        renderItem: (params: { dataIndex: number; coordSys: unknown }) => {
          const area = params.coordSys as { x: number; width: number }
          const station = stations[params.dataIndex]!
          const { y, height } = row(params.dataIndex)
          const chosen = station.station === focus
          const rich = {
            id: { fontSize: 14, fontWeight: chosen ? 700 : 500, fill: colours.ink, fontFamily: colours.font },
            name: { fontSize: 14, fill: colours.ink3, fontFamily: colours.font },
          }
          const middle = y + height / 2
          return {
            type: 'group',
            children: [
              {
                type: 'text',
                style: {
                  text: name(station),
                  x: 8,
                  y: middle,
                  verticalAlign: 'middle',
                  rich,
                  width: 164,
                  overflow: 'truncate',
                },
              },
              {
                type: 'text',
                style: {
                  text: words.availability(station),
                  x: area.x + area.width + 80,
                  y: middle,
                  align: 'right',
                  verticalAlign: 'middle',
                  fontFamily: colours.font,
                  fontSize: 14,
                  fontWeight: chosen ? 700 : 400,
                  fill: colours.ink,
                },
              },
              {
                type: 'text',
                invisible: params.dataIndex !== 0,
                style: {
                  text: words.heading,
                  fontFamily: colours.font,
                  x: area.x + area.width + 80,
                  y: 14,
                  align: 'right',
                  verticalAlign: 'middle',
                  fontSize: 12,
                  fill: colours.ink3,
                },
              },
              {
                type: 'rect',
                invisible: !chosen,
                shape: { x: area.x - 1, y: y - 3, width: area.width + 2, height: height + 6, r: 2 },
                style: { fill: 'none', stroke: colours.ink, lineWidth: 2 },
              },
            ],
          }
        },
      },
    ],
  }
}

const plain = new Set<string>(['running', 'unplanned_down', 'short_stop', 'off'])
