import { Button, FileButton } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { address, send, type Schemas } from '../api/http'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import classes from './documents.module.css'

interface Props {
  label: string
  hash?: string
  /** Called with the stored picture, and the name of the file that it came from. */
  onChange: (hash: string | undefined, name: string) => void
  pdf?: boolean
}

/** A picture or PDF of a document: shown, replaced by a file, or taken away. The server keeps nothing but the picture. */
export function PictureField({ label, hash, onChange, pdf }: Props) {
  const t = useT()
  const store = useMutation({
    mutationFn: (file: File) =>
      send<Schemas['StoredPicture']>('/pictures', new Blob([file], { type: 'application/octet-stream' })).then(
        (stored) => onChange(stored.hash, file.name),
      ),
  })
  return (
    <div className={`${classes.pictureField} ${classes.wide}`} role="group" aria-label={label}>
      {hash && !pdf && <img src={address(`/blobs/${hash}`)} alt={label} />}
      {hash && pdf && <a href={address(`/blobs/${hash}`)}>{t('documents.picture.open')}</a>}
      <FileButton
        accept={pdf ? 'application/pdf' : 'image/svg+xml,image/png,image/jpeg'}
        onChange={(file) => file && store.mutate(file)}
      >
        {(props) => (
          <Button {...props} size="compact-md" loading={store.isPending}>
            {hash ? t('documents.picture.replace', { label }) : t('documents.picture.add', { label })}
          </Button>
        )}
      </FileButton>
      {hash && (
        <Button size="compact-md" variant="subtle" color="gray" onClick={() => onChange(undefined, '')}>
          {t('documents.picture.remove', { label })}
        </Button>
      )}
      {store.error && <ErrorAlert error={store.error} />}
    </div>
  )
}
