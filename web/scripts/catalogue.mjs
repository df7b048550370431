import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Reads every .json of one language into one map: key -> { text, file }. Double keys are reported into faults. */
export function readLanguage(dir, faults) {
  const out = new Map()
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.json'))) {
    for (const [key, text] of Object.entries(JSON.parse(readFileSync(join(dir, file), 'utf8')))) {
      if (out.has(key)) faults.push(`${key}: in ${out.get(key).file} and again in ${file}`)
      out.set(key, { text, file })
    }
  }
  return out
}

const plural = /_(zero|one|two|few|many|other)$/
export const stem = (key) => key.replace(plural, '')

const placeholders = (text) => [...new Set([...text.matchAll(/\{\{\s*(\w+)/g)].map((m) => m[1]))].sort().join(',')
const tags = (text) =>
  [...text.matchAll(/<\/?(\w+)>/g)]
    .map((m) => m[0])
    .sort()
    .join(',')

/** What differs between two languages: keys, files, placeholders, tags, empty texts. */
export function compare(base, other, name) {
  const faults = []
  for (const [key, { text, file }] of base) {
    const twin = other.get(key)
    if (!twin) {
      faults.push(`${key}: missing in ${name}`)
      continue
    }
    if (twin.file !== file) faults.push(`${key}: in ${file} and in ${name}/${twin.file}`)
    if (!text.trim() || !twin.text.trim()) faults.push(`${key}: empty`)
    if (placeholders(text) !== placeholders(twin.text)) faults.push(`${key}: placeholders differ in ${name}`)
    if (tags(text) !== tags(twin.text)) faults.push(`${key}: tags differ in ${name}`)
  }
  for (const key of other.keys()) if (!base.has(key)) faults.push(`${key}: only in ${name}`)
  return faults
}

/** Plural keys come in pairs, since English and German both need one and other. */
export function pluralFaults(catalogue) {
  const faults = []
  for (const key of catalogue.keys()) {
    if (!plural.test(key)) continue
    for (const form of ['_one', '_other']) if (!catalogue.has(stem(key) + form)) faults.push(`${stem(key)}: no ${form}`)
  }
  return [...new Set(faults)]
}

/** The keys that source text names: whole literals, and prefixes of template literals such as `status.lot.${state}`. */
export function usedIn(source) {
  const literals = new Set([...source.matchAll(/['"]([\w-]+(?:\.[\w-]+)+)['"]/g)].map((m) => m[1]))
  for (const m of source.matchAll(/`([\w-]+(?:\.[\w-]+)+)`/g)) literals.add(m[1])
  const prefixes = new Set([...source.matchAll(/`([\w-]+\.[\w.-]*)\$\{/g)].map((m) => m[1]))
  const called = new Set([...source.matchAll(/\bt\(\s*['"]([^'"]+)['"]/g)].map((m) => m[1]))
  return { literals, prefixes, called }
}

/** Keys nobody names, and keys named that do not exist. */
export function usageFaults(catalogue, used) {
  const known = new Set([...catalogue.keys()].map(stem))
  const prefixes = [...used.prefixes]
  const faults = []
  for (const key of known)
    if (!used.literals.has(key) && !prefixes.some((prefix) => key.startsWith(prefix))) faults.push(`${key}: unused`)
  for (const key of used.called) if (!known.has(key)) faults.push(`${key}: used but not in the catalogue`)
  return faults
}
