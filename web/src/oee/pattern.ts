import type { Colours } from '../chart/colours'
import type { Category } from './figure'

/** What fills an area: a colour, or a tile that is repeated. Each category has its own in every chart, so it reads without colour. */
export type Fill = string | { image: HTMLCanvasElement; repeat: 'repeat' }

type Look = Category | 'slow_cycle' | 'reject' | 'net' | 'good'

/** Fills of the categories, drawn from the theme's tokens. */
export function fills(colours: Colours): Record<Look, Fill> {
  const page = colours.bg
  const hatch = tile(8, 8, page, (ctx) => stroke(ctx, colours.fill3, 2, 8))
  return {
    running: colours.fill3,
    short_stop: colours.fill1,
    slow_cycle: colours.fill2,
    unplanned_down: colours.crit,
    reject: colours.crit,
    setup: tile(6, 5, colours.raised, (ctx) => {
      ctx.fillStyle = colours.fill1
      ctx.fillRect(0, 0, 6, 2)
    }),
    blocked: tile(8, 8, colours.raised, (ctx) => stroke(ctx, colours.fill1, 3, 8)),
    starved: tile(6, 6, colours.raised, (ctx) => {
      ctx.fillStyle = colours.fill1
      ctx.beginPath()
      ctx.arc(3, 3, 1.7, 0, 2 * Math.PI)
      ctx.fill()
    }),
    idle: tile(8, 8, colours.raised, (ctx) => {
      ctx.fillStyle = colours.fill2
      ctx.fillRect(0, 0, 2, 8)
    }),
    unknown: hatch,
    planned_down: page,
    break: page,
    off: page,
    unwatched: page,
    net: colours.fill3,
    good: colours.fill1,
  }
}

/** Those with a dashed edge: nobody was planned to work, or nobody knows. */
export const dashed = (category: Category) =>
  category === 'planned_down' || category === 'break' || category === 'unknown' || category === 'unwatched'

function tile(width: number, height: number, ground: string, draw: (ctx: CanvasRenderingContext2D) => void): Fill {
  const image = document.createElement('canvas')
  image.width = width
  image.height = height
  const ctx = image.getContext('2d')
  if (ctx) {
    ctx.fillStyle = ground
    ctx.fillRect(0, 0, width, height)
    draw(ctx)
  }
  return { image, repeat: 'repeat' }
}

/** A diagonal that meets itself at the tile's edges. */
function stroke(ctx: CanvasRenderingContext2D, colour: string, width: number, size: number) {
  ctx.strokeStyle = colour
  ctx.lineWidth = width
  ctx.beginPath()
  for (const shift of [-size, 0, size]) {
    ctx.moveTo(shift, size)
    ctx.lineTo(shift + size, 0)
  }
  ctx.stroke()
}
