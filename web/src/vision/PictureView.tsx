import { useState, type PointerEvent } from 'react'
import { address } from '../api/http'
import { useT } from '../i18n/i18n'
import { guiltyOf, rolesOf, type Judgement, type NamedZone, type Prediction } from './vision'
import classes from './vision.module.css'

interface Props {
  image?: string
  alt: string
  size?: { width: number; height: number }
  boxes: Prediction[]
  judged?: Judgement
  zones?: NamedZone[]
  showBoxes?: boolean
  showZones?: boolean
  zoom?: number
  /** The boxes are a person's: all of them stand out alike. */
  corrected?: boolean
  selected?: number
  /** A rectangle was drawn with the pointer, in pixels of the picture. */
  onDraw?: (box: { x: number; y: number; width: number; height: number }) => void
}

type Size = { width: number; height: number }
type Point = { x: number; y: number }

/** A picture with what was found in it and where the rule looks. Everything is drawn in the picture's own pixels. */
export function PictureView(props: Props) {
  const { image, alt, zones = [], showBoxes = true, showZones = true, zoom = 1, onDraw } = props
  const t = useT()
  const [natural, setNatural] = useState<Size>()
  const [drag, setDrag] = useState<{ from: Point; to: Point }>()
  const told = props.size && props.size.width > 0 ? props.size : undefined
  const size = natural ?? told
  const pointer = (event: PointerEvent<SVGSVGElement>): Point => {
    const place = event.currentTarget.getBoundingClientRect()
    const scale = (size?.width ?? 1) / place.width
    return { x: (event.clientX - place.left) * scale, y: (event.clientY - place.top) * scale }
  }
  const drawn = drag && boxBetween(drag.from, drag.to)
  const finish = () => {
    if (drawn && drawn.width > 3 && drawn.height > 3) onDraw?.(drawn)
    setDrag(undefined)
  }
  return (
    <div className={classes.view} tabIndex={0} role="group" aria-label={alt}>
      <figure className={classes.picture} style={{ width: `${zoom * 100}%` }}>
        {image ? (
          <img
            src={address(`/blobs/${image}`)}
            alt={alt}
            onLoad={(event) =>
              setNatural({ width: event.currentTarget.naturalWidth, height: event.currentTarget.naturalHeight })
            }
          />
        ) : (
          <div className={classes.none} style={told && { aspectRatio: `${told.width} / ${told.height}` }}>
            {t('vision.no_picture')}
          </div>
        )}
        {size && (
          <svg
            viewBox={`0 0 ${size.width} ${size.height}`}
            aria-hidden
            data-drawing={onDraw ? true : undefined}
            onPointerDown={onDraw && ((e) => setDrag({ from: pointer(e), to: pointer(e) }))}
            onPointerMove={drag && ((e) => setDrag({ from: drag.from, to: pointer(e) }))}
            onPointerUp={drag && finish}
            onPointerLeave={drag && finish}
          >
            {showZones && zones.map((zone) => <ZoneMark key={zone.check} zone={zone} size={size} />)}
            {showBoxes && <Boxes {...props} size={size} />}
            {drawn && <rect {...corner(drawn)} className={classes.drawn} strokeWidth={size.width / 240} />}
          </svg>
        )}
      </figure>
    </div>
  )
}

const boxBetween = (a: Point, b: Point) => ({
  x: (a.x + b.x) / 2,
  y: (a.y + b.y) / 2,
  width: Math.abs(a.x - b.x),
  height: Math.abs(a.y - b.y),
})

const corner = (box: { x: number; y: number; width: number; height: number }) => ({
  x: box.x - box.width / 2,
  y: box.y - box.height / 2,
  width: box.width,
  height: box.height,
})

function Boxes({ boxes, size, judged, corrected, selected }: Props & { size: Size }) {
  const roles = rolesOf(judged)
  const guilty = guiltyOf(judged)
  return boxes.map((box, n) => (
    <BoxMark
      key={n}
      box={box}
      scale={size.width / 640}
      size={size}
      role={corrected ? 'counted' : guilty.has(n) ? 'guilty' : (roles.get(n) ?? (judged ? 'other' : 'counted'))}
      bold={selected === n}
    />
  ))
}

type Role = 'counted' | 'doubted' | 'guilty' | 'other'

/** Solid is sure, dashed is doubtful, red is what fails the picture; thin is what no check asks about. */
function BoxMark({
  box,
  scale,
  size,
  role,
  bold,
}: {
  box: Prediction
  scale: number
  size: Size
  role: Role
  bold: boolean
}) {
  const whole = box.width === 0 && box.height === 0
  const shape = whole ? { x: 0, y: 0, ...size } : corner(box)
  const text = box.confidence > 0 ? `${box.class} ${Math.round(box.confidence * 1000) / 1000}` : box.class
  const height = 20 * scale
  const width = (text.length * 8.4 + 12) * scale
  const above = shape.y - height >= 0 ? shape.y - height : shape.y
  const outline = (box.points?.length ?? 0) >= 3 ? box.points!.map((p) => p!.join(',')).join(' ') : undefined
  const stroke = (bold ? 4 : role === 'other' ? 1 : 2.5) * scale
  const line = {
    fill: 'none',
    className: classes[role],
    strokeWidth: stroke,
    strokeDasharray: role === 'doubted' ? `${8 * scale} ${5 * scale}` : undefined,
  }
  return (
    <g>
      <rect {...shape} fill="none" className={classes.under} strokeWidth={stroke + 2 * scale} />
      {outline && <polygon points={outline} {...line} />}
      {!outline && <rect {...shape} {...line} />}
      <rect
        x={Math.min(shape.x, Math.max(size.width - width, 0))}
        y={above}
        width={width}
        height={height}
        className={role === 'guilty' ? classes.tagBad : classes.tag}
      />
      <text
        x={Math.min(shape.x, Math.max(size.width - width, 0)) + 6 * scale}
        y={above + 15 * scale}
        className={classes.text}
        fontSize={15 * scale}
      >
        {text}
      </text>
    </g>
  )
}

function ZoneMark({ zone, size }: { zone: NamedZone; size: Size }) {
  const scale = size.width / 640
  const x = Number(zone.x) * size.width
  const y = Number(zone.y) * size.height
  return (
    <g>
      <rect
        x={x}
        y={y}
        width={Number(zone.width) * size.width}
        height={Number(zone.height) * size.height}
        className={classes.zone}
        strokeWidth={2 * scale}
        strokeDasharray={`${3 * scale} ${4 * scale}`}
      />
      <text x={x + 4 * scale} y={y + 14 * scale} className={classes.zoneText} fontSize={13 * scale}>
        {zone.check}
      </text>
    </g>
  )
}
