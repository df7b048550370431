import { Button, FileButton } from '@mantine/core'
import { IconPhotoPlus } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { address, send } from '../api/http'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { ncPath, type Nonconformance } from './nonconformance'
import classes from './nonconformances.module.css'

/** Pictures of what is wrong. What is uploaded is redrawn by the server, so that nothing but the picture is kept. */
export function Pictures({ nc }: { nc: Nonconformance }) {
  const t = useT()
  const me = useMe()
  const client = useQueryClient()
  const add = useMutation({
    mutationFn: (file: File) =>
      send(
        `${ncPath(nc.id)}/pictures?caption=${encodeURIComponent(file.name)}`,
        new Blob([file], { type: 'application/octet-stream' }),
      ),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['nonconformances'] }),
  })
  const pictures = nc.pictures ?? []
  const may = can(me, 'nonconformance.open') && nc.state !== 'closed' && nc.state !== 'cancelled'
  if (pictures.length === 0 && !may) return null
  return (
    <section aria-labelledby="nc-pictures">
      <header className={classes.sectionHead}>
        <h2 id="nc-pictures">{t('nonconformances.pictures.title')}</h2>
        <span className="grow" />
        {may && (
          <FileButton
            accept="image/png,image/jpeg,image/svg+xml"
            inputProps={{ 'aria-label': t('nonconformances.pictures.add') }}
            onChange={(file) => file && add.mutate(file)}
          >
            {(props) => (
              <Button {...props} leftSection={<IconPhotoPlus className="icon" aria-hidden />} loading={add.isPending}>
                {t('nonconformances.pictures.add')}
              </Button>
            )}
          </FileButton>
        )}
      </header>
      {add.error && <ErrorAlert error={add.error} />}
      {pictures.length === 0 ? (
        <p className="label">{t('nonconformances.pictures.none')}</p>
      ) : (
        <ul className={classes.pictures}>
          {pictures.map((p) => (
            <li key={p.hash}>
              <a href={address(`/blobs/${p.hash}`)} target="_blank" rel="noreferrer">
                <img
                  src={address(`/blobs/${p.hash}`)}
                  alt={p.caption || t('nonconformances.pictures.one', { by: p.added_by })}
                />
              </a>
              <small>{[p.caption, p.added_by].filter(Boolean).join(', ')}</small>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
