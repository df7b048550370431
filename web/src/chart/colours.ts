/** The colours that charts draw with, read from the tokens of the theme that is on. */
export interface Colours {
  ink: string
  ink2: string
  ink3: string
  line: string
  lineStrong: string
  bg: string
  surface: string
  raised: string
  fill1: string
  fill2: string
  fill3: string
  crit: string
  critText: string
  warn: string
  warnLine: string
  hold: string
  font: string
}

const names: Record<keyof Colours, string> = {
  ink: 'ink',
  ink2: 'ink-2',
  ink3: 'ink-3',
  line: 'line',
  lineStrong: 'line-strong',
  bg: 'bg',
  surface: 'surface',
  raised: 'raised',
  fill1: 'fill-1',
  fill2: 'fill-2',
  fill3: 'fill-3',
  crit: 'crit',
  critText: 'crit-text',
  warn: 'warn',
  warnLine: 'warn-line',
  hold: 'hold',
  font: 'font',
}

export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement)
  const out = {} as Colours
  for (const [key, name] of Object.entries(names) as [keyof Colours, string][])
    out[key] = style.getPropertyValue(`--st-${name}`).trim()
  return out
}
