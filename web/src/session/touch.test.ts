import { afterEach, expect, it, vi } from 'vitest'
import { quietHeader, untouchedFor } from './touch'

afterEach(() => vi.useRealTimers())

it('calls a request quiet half a minute after the last touch', () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  window.dispatchEvent(new Event('keydown'))
  expect(untouchedFor()).toBe(0)
  vi.setSystemTime(Date.now() + 30_000)
  expect(quietHeader()).toEqual({})
  vi.setSystemTime(Date.now() + 1)
  expect(quietHeader()).toEqual({ 'x-quiet': '1' })
  window.dispatchEvent(new Event('pointerdown'))
  expect(quietHeader()).toEqual({})
})
