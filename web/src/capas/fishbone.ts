import { categories, type Cause } from './capa'

export interface Bone {
  category: string
  /** Where the rib leaves the spine, and where its head is. */
  foot: { x: number; y: number }
  head: { x: number; y: number }
  above: boolean
  causes: { cause: Cause; x: number; y: number; lines: string[] }[]
}

const wide = 760
const line = 14

/** Breaks a text into at most three lines of so many letters. */
export function wrap(text: string, letters: number): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length + 1 <= letters) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  const shown = lines.slice(0, 3).map((l) => (l.length > letters + 2 ? `${l.slice(0, letters + 1)}…` : l))
  if (lines.length > 3) shown[2] = `${shown[2]} …`
  return shown
}

/** Lays the six categories out as ribs, three above the spine and three below, each as long as its causes need. */
export function layOut(causes: Cause[]) {
  const of = (category: string) => causes.filter((c) => c.category === category)
  const high = (names: readonly string[]) =>
    Math.max(96, ...names.map((n) => 40 + of(n).reduce((sum, c) => sum + wrap(c.text, 22).length * line + 8, 0)))
  const up = high(categories.slice(0, 3))
  const down = high(categories.slice(3))
  const spine = up + 24
  const bones: Bone[] = categories.map((category, i) => {
    const above = i < 3
    const foot = { x: 200 + (i % 3) * 195, y: spine }
    const reach = above ? up : down
    const head = { x: foot.x - 70, y: above ? spine - reach : spine + reach }
    let at = above ? head.y + 30 : head.y - 22
    const placed = of(category).map((cause) => {
      const lines = wrap(cause.text, 22)
      const y = above ? at : at - (lines.length - 1) * line
      at += (lines.length * line + 8) * (above ? 1 : -1)
      // Beside the rib, which leans: what stands nearer to the spine stands further to the right.
      const lean = Math.abs(y - head.y) / reach
      return { cause, lines, y, x: head.x + 70 * lean - 10 }
    })
    return { category, foot, head, above, causes: placed }
  })
  return { bones, spine, width: wide, height: spine + down + 24 }
}
