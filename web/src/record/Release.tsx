import { Button, Table, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { can, useMe } from '../session/session'
import { SignaturePanel } from '../sign/SignaturePanel'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { lotRecordPath, orderRecordPath, releaseState, type Noun, type RecordRelease } from './historyRecord'
import classes from './record.module.css'
import { shortHash } from '../sign/sign'

interface Props {
  noun: Noun
  id: string
  hash: string
  ended: boolean
  releases: RecordRelease[]
}

/** Who let the record go, who did not, and the button that is next. */
export function Release({ noun, id, hash, ended, releases }: Props) {
  const t = useT()
  const me = useMe()
  const [asking, setAsking] = useState(false)
  const state = releaseState(releases, hash)
  const askable = ended && ['none', 'rejected', 'changed'].includes(state) && can(me, 'record.ask')
  if (releases.length === 0 && !askable) return null
  return (
    <section aria-labelledby="release">
      <header className={classes.head}>
        <h2 id="release">{t('records.release')}</h2>
        <p>{t('records.release.text')}</p>
        {askable && (
          <Button className={`${classes.right} no-print`} onClick={() => setAsking(true)}>
            {t('records.release.ask')}
          </Button>
        )}
      </header>
      {releases.length > 0 && <Acts releases={releases} hash={hash} />}
      <SignaturePanel noun={noun} id={id} consequence={t('records.release.consequence')} />
      {asking && <Ask noun={noun} id={id} onClose={() => setAsking(false)} />}
    </section>
  )
}

function Acts({ releases, hash }: { releases: RecordRelease[]; hash: string }) {
  const t = useT()
  return (
    <Table.ScrollContainer minWidth={700} type="native">
      <Table className={classes.table} aria-labelledby="release">
        <Table.Thead>
          <Table.Tr>
            {(['state', 'at', 'by', 'reason', 'deviations', 'hash'] as const).map((name) => (
              <Table.Th key={name} scope="col">
                {t(`records.release.column.${name}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {releases.map((release, i) => (
            <Table.Tr key={release.id} data-note={i === releases.length - 1 || undefined}>
              <Table.Td>
                <Status of="record" state={release.state}>
                  {release.state === 'released' && release.hash !== hash ? t('records.release.changed') : undefined}
                </Status>
              </Table.Td>
              <Table.Td>
                <Time value={release.at} form="full" />
              </Table.Td>
              <Table.Td className="id">{release.by}</Table.Td>
              <Table.Td className={classes.wrap}>{release.reason}</Table.Td>
              <Table.Td>{release.deviations}</Table.Td>
              <Table.Td className="id" title={release.hash}>
                {shortHash(release.hash)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Ask({ noun, id, onClose }: { noun: Noun; id: string; onClose: () => void }) {
  const t = useT()
  const [reason, setReason] = useState('')
  const run = useCommand(onClose)
  const path = noun === 'lot_record' ? lotRecordPath(id) : orderRecordPath(id)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('records.release.ask.title', { record: id })}
      confirm={t('records.release.ask.confirm')}
      busy={run.isPending}
      error={run.error}
      onConfirm={() => run.mutate({ path: `${path}/release`, body: { reason: reason.trim() } })}
    >
      <p>{t('records.release.ask.text')}</p>
      <TextInput
        label={t('records.release.ask.reason')}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
