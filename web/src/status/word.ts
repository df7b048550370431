import type { Key } from '../i18n/i18n'
import type { Icon } from './icons'

/** Plain is normal. A hue says how urgent; the icon and the word say what. `unknown` is a hatch, never a colour. */
export type Tone = 'plain' | 'warn' | 'crit' | 'hold' | 'unknown'

export interface Word {
  key: Key
  icon: Icon
  tone: Tone
}

export const word = (key: Key, icon: Icon, tone: Tone = 'plain'): Word => ({ key, icon, tone })
