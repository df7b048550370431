import { Autocomplete, Button, NumberInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useT } from '../i18n/i18n'
import type { Prediction } from '../vision/vision'
import classes from './reviews.module.css'

interface Props {
  boxes: Prediction[]
  classesKnown: string[]
  size?: { width: number; height: number }
  selected?: number
  onSelect: (n: number | undefined) => void
  onChange: (boxes: Prediction[]) => void
  onAdd: (box: { x: number; y: number; width: number; height: number }) => void
}

/** The boxes as a person wants them: class, place, size; each can go, and one can be added by drawing or by number. */
export function BoxEditor({ boxes, classesKnown, size, selected, onSelect, onChange, onAdd }: Props) {
  const t = useT()
  const set = (n: number, part: Partial<Prediction>) =>
    onChange(boxes.map((box, i) => (i === n ? { ...box, points: undefined, rle: undefined, ...part } : box)))
  const width = size?.width || 400
  const height = size?.height || 300
  return (
    <section className={classes.editor} aria-label={t('reviews.boxes.title')}>
      <p className="label">{t('reviews.boxes.help')}</p>
      {boxes.map((box, n) => (
        <fieldset key={n} data-selected={selected === n || undefined} onFocus={() => onSelect(n)}>
          <legend>{t('reviews.boxes.nth', { n: n + 1 })}</legend>
          <Autocomplete
            label={t('reviews.boxes.class')}
            data={classesKnown}
            value={box.class}
            onChange={(name) => onChange(boxes.map((b, i) => (i === n ? { ...b, class: name } : b)))}
          />
          {(['x', 'y', 'width', 'height'] as const).map((side) => (
            <NumberInput
              key={side}
              label={t(`reviews.boxes.${side}`)}
              value={Math.round(box[side] * 10) / 10}
              min={0}
              hideControls
              onChange={(value) => typeof value === 'number' && set(n, { [side]: value })}
            />
          ))}
          <Button
            variant="subtle"
            color="crit"
            aria-label={t('reviews.boxes.remove', { n: n + 1 })}
            onClick={() => {
              onSelect(undefined)
              onChange(boxes.filter((_, i) => i !== n))
            }}
          >
            <IconTrash className="icon" aria-hidden />
          </Button>
        </fieldset>
      ))}
      <Button
        size="compact-sm"
        onClick={() => onAdd({ x: width / 2, y: height / 2, width: width / 4, height: height / 4 })}
      >
        {t('reviews.boxes.add')}
      </Button>
    </section>
  )
}
