import { Button, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconDownload, IconLink, IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { address } from '../api/http'
import { useT } from '../i18n/i18n'
import classes from './list.module.css'
import type { Page } from './page'

/** Search as one types; the address follows a moment later. */
export function SearchField({
  value,
  onChange,
  label,
}: {
  value?: string
  onChange: (q: string) => void
  label: string
}) {
  const [text, setText] = useState(value ?? '')
  const [known, setKnown] = useState(value)
  if (value !== known) {
    setKnown(value)
    if ((value ?? '') !== text.trim()) setText(value ?? '')
  }
  const report = useDebouncedCallback((q: string) => onChange(q.trim()), 250)
  return (
    <TextInput
      className="grow"
      leftSection={<IconSearch className="icon" aria-hidden />}
      placeholder={label}
      aria-label={label}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value)
        report(event.currentTarget.value)
      }}
    />
  )
}

/** Copies the address of exactly this view. */
export function ShareButton({ label }: { label?: string }) {
  const t = useT()
  const share = async () => {
    await navigator.clipboard?.writeText(window.location.href).catch(() => undefined)
    notifications.show({ message: t('message.copied'), autoClose: 2000 })
  }
  return (
    <Button leftSection={<IconLink className="icon" aria-hidden />} onClick={() => void share()}>
      {label ?? t('list.share')}
    </Button>
  )
}

/** The same list, filtered and sorted the same, as a file. */
export function CsvButton({ path, query }: { path: string; query: Record<string, string | undefined> }) {
  const t = useT()
  return (
    <Button
      component="a"
      href={address(path, { ...query, format: 'csv' })}
      download
      leftSection={<IconDownload className="icon" aria-hidden />}
    >
      {t('list.csv')}
    </Button>
  )
}

interface FootProps {
  page: Page<unknown>
  cursor?: string
  onPage: (cursor: string | undefined) => void
  keys?: boolean
}

/** How much of the list is shown, the way to the rest, and the keys. */
export function ListFoot({ page, cursor, onPage, keys }: FootProps) {
  const t = useT()
  return (
    <div className={classes.foot}>
      <span role="status">{t('list.shown', { shown: page.items?.length ?? 0, total: page.total })}</span>
      {cursor && (
        <Button size="compact-sm" onClick={() => onPage(undefined)}>
          {t('list.first')}
        </Button>
      )}
      {page.next && (
        <Button size="compact-sm" onClick={() => onPage(page.next)}>
          {t('list.next')}
        </Button>
      )}
      <span className="grow" />
      {keys && (
        <span className={classes.footKeys} aria-hidden>
          <kbd>↑</kbd> <kbd>↓</kbd> {t('list.key.move')} <kbd>{'Enter'}</kbd> {t('list.key.open')} <kbd>{'Esc'}</kbd>{' '}
          {t('list.key.close')}
        </span>
      )}
    </div>
  )
}
