import { useState } from 'react'
import { address } from '../api/http'
import { useT } from '../i18n/i18n'
import type { Box, Vision } from './record'
import classes from './record.module.css'

/** A camera's picture with the boxes of its model. Boxes are drawn in the picture's own pixels, so they always fit. */
export function Picture({ vision }: { vision: Vision }) {
  const t = useT()
  const [size, setSize] = useState<{ width: number; height: number }>()
  if (!vision.image) return null
  const boxes = vision.boxes ?? []
  const failed = vision.verdict === 'fail'
  return (
    <figure className={classes.picture}>
      <img
        src={address(`/blobs/${vision.image}`)}
        alt={t('record.picture_alt', {
          camera: vision.camera,
          lot: vision.lot,
          found: boxes.map((box) => `${box.class} ${box.confidence}`).join(', '),
        })}
        onLoad={(event) =>
          setSize({ width: event.currentTarget.naturalWidth, height: event.currentTarget.naturalHeight })
        }
      />
      {size && (
        <svg viewBox={`0 0 ${size.width} ${size.height}`} aria-hidden>
          {boxes.map((box, i) => (
            <BoxMark key={i} box={box} scale={size.width / 460} bad={failed && isBad(box)} />
          ))}
        </svg>
      )}
    </figure>
  )
}

/** Of a failed picture, the box that failed it is the one whose class says so. */
const isBad = (box: Box) => !/^(ok|pass|good|bead|present)/i.test(box.class)

function BoxMark({ box, scale, bad }: { box: Box; scale: number; bad: boolean }) {
  const left = box.x - box.width / 2
  const top = box.y - box.height / 2
  const text = `${box.class} ${box.confidence}`
  const height = 20 * scale
  const width = (text.length * 8.4 + 12) * scale
  const colour = bad ? 'var(--st-crit)' : '#101418'
  const above = top - height >= 0 ? top - height : top
  return (
    <g>
      <rect
        x={left}
        y={top}
        width={box.width}
        height={box.height}
        fill="none"
        stroke="#101418"
        strokeWidth={4 * scale}
      />
      <rect
        x={left}
        y={top}
        width={box.width}
        height={box.height}
        fill="none"
        stroke={bad ? '#ff5d52' : '#ffffff'}
        strokeWidth={2 * scale}
      />
      <rect x={left} y={above} width={width} height={height} fill={colour} />
      <text x={left + 6 * scale} y={above + 15 * scale} fill="#fff" fontSize={15 * scale} fontWeight="600">
        {text}
      </text>
    </g>
  )
}
