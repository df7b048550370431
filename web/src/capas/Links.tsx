import { Anchor, Button, Select, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { can, useMe } from '../session/session'
import { ended, linkNouns, path, type Capa } from './capa'
import classes from './capas.module.css'

/** The records that the CAPA is about, each with its state as it is now. */
export function Links({ capa }: { capa: Capa }) {
  const t = useT()
  const me = useMe()
  const [adding, setAdding] = useState(false)
  return (
    <section aria-labelledby="links" className={classes.side}>
      <h2 id="links">{t('capas.links')}</h2>
      {capa.links.length === 0 && <p>{t('capas.links.none')}</p>}
      <ul className={classes.links}>
        {capa.links.map((link) => (
          <li key={`${link.noun}/${link.subject}`}>
            <small>{t(`capas.noun.${link.noun as 'lot'}`)}</small> <Subject noun={link.noun} subject={link.subject} />
            {link.state && link.state !== 'unknown' && <span>{link.state.replaceAll('_', ' ')}</span>}
            {(link.text || link.note) && <small>{[link.text, link.note].filter(Boolean).join(' · ')}</small>}
          </li>
        ))}
      </ul>
      {can(me, 'capa.work') && !ended(capa.state) && (
        <Button size="compact-sm" onClick={() => setAdding(true)}>
          {t('capas.link')}
        </Button>
      )}
      {adding && <AddLink capa={capa} onClose={() => setAdding(false)} />}
    </section>
  )
}

/** The way to a record that has a page of its own. */
function Subject({ noun, subject }: { noun: string; subject: string }) {
  const text = <span className="id">{noun === 'firing' ? subject.slice(0, 8) : subject}</span>
  switch (noun) {
    case 'lot':
      return (
        <Anchor renderRoot={(props) => <Link to="/lots/$lot" params={{ lot: subject }} {...props} />}>{text}</Anchor>
      )
    case 'order':
      return <Anchor renderRoot={(props) => <Link to="/orders" search={{ sel: subject }} {...props} />}>{text}</Anchor>
    case 'firing':
      return <Anchor renderRoot={(props) => <Link to="/reactions" search={{}} {...props} />}>{text}</Anchor>
    case 'document': {
      const [kind, id, revision] = subject.split('/')
      if (!kind || !id || !revision) return text
      return (
        <Anchor
          renderRoot={(props) => (
            <Link to="/documents/$kind/$id/$revision" params={{ kind, id, revision }} {...props} />
          )}
        >
          {text}
        </Anchor>
      )
    }
  }
  return text
}

function AddLink({ capa, onClose }: { capa: Capa; onClose: () => void }) {
  const t = useT()
  const [noun, setNoun] = useState<string | null>('lot')
  const [subject, setSubject] = useState('')
  const [note, setNote] = useState('')
  const run = useCommand(onClose)
  const errors = fieldErrors(run.error)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('capas.link')}
      confirm={t('capas.link')}
      busy={run.isPending}
      disabled={!noun || !subject.trim()}
      error={run.error}
      onConfirm={() =>
        run.mutate({
          path: `${path}/${capa.id}/links`,
          body: { links: [{ noun, subject: subject.trim(), note: note.trim() || undefined }] },
        })
      }
    >
      <Select
        label={t('capas.field.noun')}
        data={linkNouns.map((value) => ({ value, label: t(`capas.noun.${value}`) }))}
        value={noun}
        onChange={setNoun}
        allowDeselect={false}
      />
      <TextInput
        label={t('capas.field.subject')}
        description={t('capas.field.subject_hint')}
        value={subject}
        maxLength={200}
        onChange={(event) => setSubject(event.currentTarget.value)}
        error={errors['links[0].subject']}
        data-autofocus
      />
      <TextInput
        label={t('capas.field.note')}
        value={note}
        maxLength={500}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
