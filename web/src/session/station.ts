/** The station that the address names, if it is a station's. */
export function stationOf(path = window.location.pathname): string | undefined {
  const named = /^\/stations\/([^/]+)\/?$/.exec(path)?.[1]
  return named ? decodeURIComponent(named) : undefined
}
