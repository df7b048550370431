/**
 * A keyboard-wedge scanner types like a person, only faster: a burst of keys and Enter. The wedge holds each key for a
 * few milliseconds; when the next one comes at a scanner's pace it keeps holding, and Enter makes it a scan that no
 * field ever sees. Keys that turn out to be a person's are given back in order.
 */
export interface WedgeOptions {
  /** A whole scan, without its Enter. */
  onScan: (code: string) => void
  /** Keys that were a person's after all. */
  onTyped: (text: string, target: EventTarget | null) => void
  /** Longest gap between two keys of a scanner, in ms. */
  gap?: number
  /** Shorter bursts are a person's: no code of ours is shorter. */
  shortest?: number
  setTimer?: (run: () => void, ms: number) => unknown
  clearTimer?: (timer: unknown) => void
}

export interface Press {
  key: string
  ctrl: boolean
  alt: boolean
  meta: boolean
  repeat: boolean
  composing: boolean
  target: EventTarget | null
  /** Milliseconds, any origin. */
  at: number
}

/** hold: the browser must not act on the key; pass: let it through. */
export type Answer = 'hold' | 'pass'

/** Group separator between GS1 fields, as scanners send it: the character itself or Ctrl+]. */
const groupSeparator = '\u001d'

export class Wedge {
  private text = ''
  private last = 0
  private target: EventTarget | null = null
  private timer: unknown
  private readonly gap: number
  private readonly shortest: number

  constructor(private options: WedgeOptions) {
    this.gap = options.gap ?? 40
    this.shortest = options.shortest ?? 4
  }

  press(press: Press): Answer {
    if (press.composing || press.alt || press.meta) return this.release('pass')
    if (press.ctrl)
      return press.key === ']' && this.text !== '' ? this.add(groupSeparator, press) : this.release('pass')
    if (press.key === 'Shift' || press.key === 'CapsLock') return 'pass'
    if (press.key === 'Enter') return this.enter(press)
    if (press.key.length !== 1 || press.repeat) return this.release('pass')
    if (press.key === ' ' && this.text === '') return 'pass' // the key of buttons
    return this.add(press.key, press)
  }

  private add(character: string, press: Press): Answer {
    if (this.text !== '' && press.at - this.last > this.gap) this.giveBack()
    if (this.text === '') this.target = press.target
    this.text += character
    this.last = press.at
    this.clear()
    this.timer = (this.options.setTimer ?? setTimeout)(() => this.giveBack(), this.gap)
    return 'hold'
  }

  private enter(press: Press): Answer {
    const isScan = this.text.length >= this.shortest && press.at - this.last <= this.gap
    if (!isScan) return this.release('pass')
    const code = this.text
    this.reset()
    this.options.onScan(code)
    return 'hold'
  }

  private release(answer: Answer): Answer {
    this.giveBack()
    return answer
  }

  private giveBack() {
    const { text, target } = this
    this.reset()
    if (text !== '') this.options.onTyped(text, target)
  }

  private reset() {
    this.text = ''
    this.target = null
    this.clear()
  }

  private clear() {
    if (this.timer === undefined) return
    ;(this.options.clearTimer ?? ((timer) => clearTimeout(timer as number)))(this.timer)
    this.timer = undefined
  }
}
