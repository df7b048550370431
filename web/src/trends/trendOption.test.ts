import { describe, expect, it } from 'vitest'
import { badOf, bucketAt, lineOf, unitsOf } from './trendOption'
import { moved, readTrendSearch, spanOf, type Series } from './trends'

const start = Date.parse('2026-11-02T08:00:00Z')
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString()
const bucket = (seconds: number, mean: number | null, bad = 0) => ({
  at: at(seconds),
  min: mean,
  max: mean,
  mean,
  n: mean === null ? 0 : 1,
  bad,
})
const series = (points: Series['points'], unit = 'Nm'): Series => ({
  tag: {
    id: 1,
    site: 'HAM',
    device: 'TC-20',
    station: 'ST20',
    name: 'torque',
    address: '',
    unit,
    kind: 'number',
    since: at(0),
  },
  source: 'raw',
  width_s: 60,
  points,
})

describe('a trend', () => {
  it('is cut where nothing came for longer than a resting tag would be silent', () => {
    const line = lineOf(series([bucket(0, 1), bucket(60, 2), bucket(240, 3)]), (b) => b.mean)
    expect(line).toEqual([
      [start, 1],
      [start + 60_000, 2],
      [start + 60_001, null],
      [start + 240_000, 3],
    ])
  })
  it('is cut where there was no good value', () => {
    expect(lineOf(series([bucket(0, 1), bucket(60, null, 3)]), (b) => b.mean)[1]).toEqual([start + 60_000, null])
  })
  it('holds its last value for as long as a resting tag may be silent', () => {
    const s = series([bucket(0, 1)])
    expect(lineOf(s, (b) => b.mean, start + 60_000).at(-1)).toEqual([start + 60_000, 1])
    expect(lineOf(s, (b) => b.mean, start + 600_000)).toHaveLength(1)
  })
  it('joins neighbouring stretches of bad values', () => {
    expect(badOf(series([bucket(0, null, 1), bucket(60, null, 1), bucket(300, 2, 1), bucket(360, 2)]))).toEqual([
      { from: start, until: start + 120_000 },
      { from: start + 300_000, until: start + 360_000 },
    ])
  })
  it('knows nothing within a gap', () => {
    const s = series([bucket(0, 1), bucket(600, 2)])
    expect(bucketAt(s, start + 60_000)?.mean).toBe(1)
    expect(bucketAt(s, start + 400_000)).toBeUndefined()
  })
  it('has one axis for each unit', () => {
    expect(unitsOf([series([]), series([], 'bar'), series([])])).toEqual(['Nm', 'bar'])
  })
})

describe('the address', () => {
  it('keeps what belongs there', () => {
    expect(readTrendSearch({ tags: '3,x,4,-1', window: '8h', from: 'soon' })).toEqual({ tags: '3,4', window: '8h' })
    expect(readTrendSearch({ tags: 7, window: '8h', from: at(0), until: at(60) })).toEqual({
      tags: '7',
      from: at(0),
      until: at(60),
    })
    expect(readTrendSearch({ window: 'century', from: at(60), until: at(0) })).toEqual({})
  })
  it('names a stretch that moves with now, or one that does not', () => {
    expect(spanOf({ window: '10m' }, start)).toEqual({ from: start - 600_000, until: start })
    expect(spanOf({ from: at(0), until: at(60) }, 0)).toEqual({ from: start, until: start + 60_000 })
    expect(moved({ from: 0, until: 1000 }, -0.5)).toEqual({ from: -500, until: 500 })
    expect(moved({ from: 0, until: 4000 }, 0, 0.5)).toEqual({ from: 1000, until: 3000 })
  })
})
