import { ActionIcon, Button } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useT } from '../i18n/i18n'
import classes from './documents.module.css'

interface Props<T> {
  items: T[]
  onChange: (items: T[]) => void
  /** Names an item to a person and to a screen reader. */
  title: (item: T, i: number) => string
  add: string
  fresh: () => T
  level?: 2 | 3 | 4
  children: (item: T, change: (part: Partial<T>) => void, i: number) => ReactNode
}

/** A list of items in a form: each can be changed, moved and removed, and more can be added. */
export function Items<T>({ items, onChange, title, add, fresh, level = 3, children }: Props<T>) {
  const t = useT()
  const Heading = `h${level}` as const
  const swap = (i: number, j: number) => {
    const next = [...items]
    ;[next[i], next[j]] = [next[j]!, next[i]!]
    onChange(next)
  }
  return (
    <>
      {items.map((item, i) => {
        const name = title(item, i)
        return (
          <section key={i} className={classes.item} aria-label={name}>
            <div className={classes.itemHead}>
              <Heading>{name}</Heading>
              <span className="grow" />
              <ActionIcon
                aria-label={t('documents.items.up', { name })}
                disabled={i === 0}
                onClick={() => swap(i, i - 1)}
              >
                <IconArrowUp className="icon" />
              </ActionIcon>
              <ActionIcon
                aria-label={t('documents.items.down', { name })}
                disabled={i === items.length - 1}
                onClick={() => swap(i, i + 1)}
              >
                <IconArrowDown className="icon" />
              </ActionIcon>
              <ActionIcon
                aria-label={t('documents.items.remove', { name })}
                onClick={() => onChange(items.filter((_, n) => n !== i))}
              >
                <IconTrash className="icon" />
              </ActionIcon>
            </div>
            {children(item, (part) => onChange(items.map((old, n) => (n === i ? { ...old, ...part } : old))), i)}
          </section>
        )
      })}
      <div>
        <Button
          size="compact-md"
          leftSection={<IconPlus className="icon" aria-hidden />}
          onClick={() => onChange([...items, fresh()])}
        >
          {add}
        </Button>
      </div>
    </>
  )
}
