/** One page of a list, as the server answers it. */
export interface Page<T> {
  items: T[] | null
  total: number
  /** Cursor of the next page; empty at the end. */
  next: string
}

/** What the address bar holds of a list: so every view can be shared and reloaded. */
export interface ListSearch {
  q?: string
  state?: string
  product?: string
  sort?: string
  cursor?: string
  sel?: string
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** Reads a list's part of the address; what does not belong there is dropped. */
export function readListSearch(search: Record<string, unknown>): ListSearch {
  const out: ListSearch = {
    q: text(search.q),
    state: text(search.state),
    product: text(search.product),
    sort: text(search.sort),
    cursor: text(search.cursor),
    sel: text(search.sel),
  }
  for (const key of Object.keys(out) as (keyof ListSearch)[]) if (out[key] === undefined) delete out[key]
  return out
}

/** Next order of a column: up, down, as the server likes it. "-due" is due, latest first. */
export function nextSort(current: string | undefined, column: string): string | undefined {
  if (current === column) return `-${column}`
  return current === `-${column}` ? undefined : column
}

/** ascending, descending or none, in the words of aria-sort. */
export function ariaSort(current: string | undefined, column: string) {
  if (current === column) return 'ascending' as const
  return current === `-${column}` ? ('descending' as const) : ('none' as const)
}
