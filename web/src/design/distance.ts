import { useLayoutEffect } from 'react'

/** How far away the reader stands: 0.6 m, 1 m or 5 m. The class on <html> re-maps the same eight sizes. */
export type Distance = 'desk' | 'terminal' | 'wall'

const all: Distance[] = ['desk', 'terminal', 'wall']

export function setDistance(distance: Distance) {
  const html = document.documentElement
  html.classList.remove(...all)
  html.classList.add(distance)
}

/** useDistance sets the distance while a screen is shown and goes back to the desk after it. */
export function useDistance(distance: Distance) {
  useLayoutEffect(() => {
    setDistance(distance)
    return () => setDistance('desk')
  }, [distance])
}
