import { Button, FileButton, TextInput } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ErrorAlert } from '../message/ErrorAlert'
import { ContentForm } from './ContentForm'
import { revisionPath, revisionQuery, type Kind, type Revision } from './document'
import classes from './documents.module.css'

const route = getRouteApi('/shell/documents/$kind/$id/$revision/edit')

/** The form of a draft. What is typed stays in the form whatever the server says. */
export function EditPage() {
  const { kind, id, revision } = route.useParams()
  const query = useQuery({ ...revisionQuery({ kind: kind as Kind, id, revision }), refetchOnWindowFocus: false })
  return (
    <article className={classes.page}>
      {query.isPending && <Rows />}
      {query.isError && !query.data && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Editor revision={query.data} />}
    </article>
  )
}

function Editor({ revision: newest }: { revision: Revision }) {
  const t = useT()
  const navigate = useNavigate()
  const [base, setBase] = useState(newest)
  const [name, setName] = useState(newest.name)
  const [content, setContent] = useState<unknown>(newest.content)
  const params = { kind: base.kind, id: base.id, revision: base.revision }
  const stored = (r: Revision) => {
    setBase(r)
    setContent(r.content)
  }
  const save = useCommand<Revision>(stored)
  const check = useCommand()
  const read = useCommand<Revision>(stored)
  const body = { version: base.version, name, content }
  const changed = JSON.stringify(content) !== JSON.stringify(base.content) || name !== base.name
  const meanwhile = newest.version > base.version
  const error = save.error ?? check.error ?? read.error
  if (base.state !== 'draft')
    return (
      <p>
        {t('documents.edit.not_a_draft')}{' '}
        <Link to="/documents/$kind/$id/$revision" params={params}>
          {t('documents.rev', { id: base.id, revision: base.revision })}
        </Link>
      </p>
    )
  return (
    <div className={classes.form} data-wide={base.kind === 'inspection_rule' || undefined}>
      <h1>{t('documents.edit.title', { id: base.id, revision: base.revision })}</h1>
      <TextInput
        label={t('documents.field.name')}
        value={name}
        maxLength={200}
        onChange={(e) => setName(e.currentTarget.value)}
      />
      <ContentForm kind={base.kind} content={content} onChange={setContent} />
      <div className={classes.bar}>
        <Button
          variant="filled"
          loading={save.isPending}
          disabled={!changed}
          onClick={() => save.mutate({ path: `${revisionPath(base)}/change`, body })}
        >
          {t('documents.edit.save')}
        </Button>
        <Button loading={check.isPending} onClick={() => check.mutate({ path: `${revisionPath(base)}/check`, body })}>
          {t('documents.edit.check')}
        </Button>
        <FileButton
          accept=".yaml,.yml,.json"
          onChange={(file) =>
            file &&
            read.mutate({
              path: `${revisionPath(base)}/file?version=${base.version}`,
              body: new Blob([file], { type: 'application/yaml' }),
            })
          }
        >
          {(props) => (
            <Button {...props} loading={read.isPending} leftSection={<IconUpload className="icon" aria-hidden />}>
              {t('documents.edit.file')}
            </Button>
          )}
        </FileButton>
        <Button
          variant="subtle"
          color="gray"
          onClick={() => void navigate({ to: '/documents/$kind/$id/$revision', params })}
        >
          {changed ? t('documents.edit.leave') : t('documents.edit.done')}
        </Button>
        <span role="status" className="label">
          {check.isSuccess && !changed && t('documents.edit.in_order')}
          {meanwhile && changed && t('documents.edit.meanwhile', { by: newest.changed_by })}
        </span>
        {error && <ErrorAlert error={error} />}
        {meanwhile && changed && (
          <Button size="compact-sm" onClick={() => setBase(newest)}>
            {t('documents.edit.take_over')}
          </Button>
        )}
      </div>
    </div>
  )
}
