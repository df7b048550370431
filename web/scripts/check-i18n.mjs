// Fails the build when a text is missing, unused, empty, or differs in shape between the languages.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compare, pluralFaults, readLanguage, usageFaults, usedIn } from './catalogue.mjs'

const src = join(dirname(fileURLToPath(import.meta.url)), '..', 'src')
const faults = []
const en = readLanguage(join(src, 'i18n/en'), faults)
const de = readLanguage(join(src, 'i18n/de'), faults)

const sources = readdirSync(src, { recursive: true })
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
  .map((name) => readFileSync(join(src, name), 'utf8'))

faults.push(...compare(en, de, 'de'), ...pluralFaults(en), ...usageFaults(en, usedIn(sources.join('\n'))))
if (faults.length > 0) {
  console.error(`The catalogue has ${faults.length} fault(s):\n  ${faults.join('\n  ')}`)
  process.exit(1)
}
console.log(`Catalogue: ${en.size} texts, English and German complete, none unused.`)
