/** When a hand or a scanner was last at this screen, in ms. */
let last = Date.now()

for (const kind of ['pointerdown', 'keydown', 'wheel'])
  window.addEventListener(kind, () => (last = Date.now()), { capture: true, passive: true })

export const untouchedFor = (now = Date.now()) => now - last

/** So long after a touch a request is still its doing; later ones the screen makes by itself. */
const reach = 30_000

/** Tells the server of a request that nobody's hand made: it keeps no session awake. */
export const quietHeader = (): Record<string, string> => (untouchedFor() > reach ? { 'x-quiet': '1' } : {})
