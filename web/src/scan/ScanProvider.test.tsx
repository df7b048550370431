import { render, screen } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { ScanProvider, useKeys, useScan } from './ScanProvider'

function Screen({ onScan, onKey }: { onScan: (code: string) => boolean; onKey: (key: string) => void }) {
  useScan(onScan)
  useKeys(onKey)
  return (
    <>
      <input aria-label="note" />
      <input aria-label="secret" type="password" />
      <button>go</button>
    </>
  )
}

let clock = 0

/** Presses a key 5 ms after the one before, by the event's own clock: how long the machine takes for it has no say. */
function fire(target: Element, key: string) {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
  Object.defineProperty(event, 'timeStamp', { value: (clock += 5) })
  target.dispatchEvent(event)
  return event
}

describe('ScanProvider', () => {
  it('keeps a scan out of the field that has the focus', () => {
    const onScan = vi.fn(() => true)
    render(<Screen onScan={onScan} onKey={vi.fn()} />, { wrapper: ScanProvider })
    const field = screen.getByLabelText<HTMLInputElement>('note')
    field.focus()
    for (const key of [...'TP-2611-07', 'Enter']) expect(fire(field, key).defaultPrevented).toBe(true)
    expect(onScan).toHaveBeenCalledWith('TP-2611-07')
    expect(field.value).toBe('')
  })
  it('gives typed keys to the field and single keys outside fields to the screen', async () => {
    const onKey = vi.fn()
    render(<Screen onScan={() => true} onKey={onKey} />, { wrapper: ScanProvider })
    const field = screen.getByLabelText<HTMLInputElement>('note')
    field.focus()
    fire(field, 'h')
    await vi.waitFor(() => expect(field.value).toBe('h'))
    expect(onKey).not.toHaveBeenCalled()
    fire(screen.getByText('go'), '?')
    await vi.waitFor(() => expect(onKey).toHaveBeenCalledWith('?', expect.anything()))
  })
  it('gives function keys to the screen even inside a field, and arrows only outside', () => {
    const onKey = vi.fn()
    render(<Screen onScan={() => true} onKey={onKey} />, { wrapper: ScanProvider })
    fire(screen.getByLabelText('note'), 'ArrowDown')
    expect(onKey).not.toHaveBeenCalled()
    fire(screen.getByLabelText('note'), 'F4')
    expect(onKey).toHaveBeenCalledWith('F4', expect.anything())
  })
  it('never holds the keys of a secret', () => {
    const onScan = vi.fn(() => true)
    render(<Screen onScan={onScan} onKey={vi.fn()} />, { wrapper: ScanProvider })
    const secret = screen.getByLabelText('secret')
    for (const key of [...'hunter22', 'Enter']) expect(fire(secret, key).defaultPrevented).toBe(false)
    expect(onScan).not.toHaveBeenCalled()
  })
})
