import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { ScanProvider } from '../scan/ScanProvider'
import { BadgeLogin } from './BadgeLogin'
import { meQuery } from './session'
import { stationOf } from './station'

afterEach(() => {
  vi.unstubAllGlobals()
})

/** A scanner's pace, whatever the pace of the machine that runs the test. */
const wedge = (code: string) =>
  act(() => {
    ;[...code, 'Enter'].forEach((key, i) => {
      const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
      Object.defineProperty(event, 'timeStamp', { value: 1000 + i })
      document.body.dispatchEvent(event)
    })
  })

it('leads from a scanned badge to the PIN, signs in at the station', async () => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() }))
  const sent = vi.fn((url: string, init: RequestInit) =>
    Promise.resolve(Response.json({ id: 'op-114', station: 'ST30', asked: [url, init.method] })),
  )
  vi.stubGlobal('fetch', sent)
  const client = new QueryClient()
  render(
    <QueryClientProvider client={client}>
      <MantineProvider env="test">
        <ScanProvider>
          <BadgeLogin station="ST30" onPassword={() => undefined} />
        </ScanProvider>
      </MantineProvider>
    </QueryClientProvider>,
  )
  wedge('B-114')
  expect(await screen.findByText('B-114')).toBeTruthy()
  for (const digit of '3071') fireEvent.click(screen.getByText(digit, { selector: 'button' }))
  fireEvent.click(screen.getByText('Sign in'))
  await vi.waitFor(() => expect(client.getQueryData(meQuery.queryKey)).toMatchObject({ id: 'op-114' }))
  const [url, init] = sent.mock.calls[0]!
  expect(url).toBe('/api/v1/login/badge')
  expect(JSON.parse(String(init.body))).toEqual({ badge: 'B-114', pin: '3071', station: 'ST30' })
})

it('knows a station by its address alone', () => {
  expect(stationOf('/stations/ST70')).toBe('ST70')
  expect(stationOf('/stations')).toBeUndefined()
})
