const storageKey = 'st.station'

/** The station that this screen stands at: the one in the address, or the one that was last signed in at with a badge. */
export function stationHere(path = window.location.pathname): string | undefined {
  const named = /^\/stations\/([^/]+)\/?$/.exec(path)?.[1]
  return named ? decodeURIComponent(named) : (localStorage.getItem(storageKey) ?? undefined)
}

/** Remembers the station of a terminal's session, so that the next shift is asked for its badge again. */
export const rememberStation = (station: string) => localStorage.setItem(storageKey, station)
