import enApp from './en/app.json'
import enStatus from './en/status.json'
import enMessage from './en/message.json'
import deApp from './de/app.json'
import deStatus from './de/status.json'
import deMessage from './de/message.json'

export const en = { ...enApp, ...enStatus, ...enMessage }
export const de = { ...deApp, ...deStatus, ...deMessage }

type PluralForm = '_one' | '_other'
type Stem<K> = K extends `${infer S}${PluralForm}` ? S : K

/** Every text of the catalogue by its key; plural pairs go by their stem. */
export type Key = Stem<keyof typeof en>
