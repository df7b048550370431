/** One value of a record before and after, by its place in the document. */
export interface Change {
  path: string
  before?: string
  after?: string
  kind: 'added' | 'removed' | 'changed' | 'same'
}

type Leaves = Map<string, string>

/** All single values of a document, by their place: "account.roles.0". */
function leaves(value: unknown, path = '', out: Leaves = new Map()): Leaves {
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
    if (entries.length === 0 && path !== '') out.set(path, Array.isArray(value) ? '[]' : '{}')
    for (const [name, inner] of entries) leaves(inner, path === '' ? name : `${path}.${name}`, out)
  } else if (value !== undefined && value !== null) {
    out.set(path, String(value))
  }
  return out
}

/** What differs between two documents, and what does not, in the order in which people read them. */
export function diff(before: unknown, after: unknown): Change[] {
  const was = leaves(before)
  const is = leaves(after)
  const paths = [...new Set([...was.keys(), ...is.keys()])]
  return paths.map((path) => {
    const [b, a] = [was.get(path), is.get(path)]
    const kind = b === undefined ? 'added' : a === undefined ? 'removed' : a === b ? 'same' : 'changed'
    return { path, before: b, after: a, kind }
  })
}
