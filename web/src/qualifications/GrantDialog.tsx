import { Checkbox, FileInput, NumberInput, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { MomentField } from '../form/MomentField'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { useMe } from '../session/session'
import { fromFieldValue, toFieldValue } from '../time/format'
import { useNow } from '../time/now'
import { useZone } from '../time/site'
import { base64Of, matrixQuery, path, type Certificate } from './qualification'
import classes from './qualifications.module.css'

/** Gives a certificate, or renews one: then person and skill stand, and level and issuer are proposed. */
export function GrantDialog({ renew, onClose }: { renew?: Certificate; onClose: () => void }) {
  const t = useT()
  const me = useMe()
  const zone = useZone()
  const matrix = useQuery(matrixQuery())
  const [account, setAccount] = useState<string | null>(renew?.account ?? null)
  const [skill, setSkill] = useState<string | null>(renew?.skill ?? null)
  const [level, setLevel] = useState<number | string>(renew?.level ?? 1)
  const [issuer, setIssuer] = useState(renew?.issuer ?? '')
  const [issued, setIssued] = useState(toFieldValue(zone, new Date(useNow())))
  const [expires, setExpires] = useState('')
  const [never, setNever] = useState(false)
  const [reason, setReason] = useState('')
  const [file, setFile] = useState<File | null>(null)
  const grant = useCommand(onClose)
  const errors = fieldErrors(grant.error)
  const usual = matrix.data?.skills?.find((s) => s.id === skill)?.validity_months ?? 0
  const submit = async () =>
    grant.mutate({
      path,
      body: {
        account,
        skill,
        level: Number(level),
        issuer: issuer.trim(),
        issued_at: fromFieldValue(zone, issued).toISOString(),
        ...(never ? { never: true } : expires ? { expires_at: fromFieldValue(zone, expires).toISOString() } : {}),
        ...(reason.trim() ? { reason: reason.trim() } : {}),
        ...(file ? { evidence: await base64Of(file), evidence_name: file.name } : {}),
      },
    })
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={
        renew
          ? t('qualifications.renew_title', { skill: renew.skill_name, name: renew.name })
          : t('qualifications.grant')
      }
      confirm={renew ? t('qualifications.renew') : t('qualifications.grant_confirm')}
      busy={grant.isPending}
      disabled={!account || !skill || level === '' || !issuer.trim() || !issued}
      error={grant.error}
      onConfirm={() => void submit()}
    >
      {!renew && (
        <>
          <Select
            label={t('qualifications.column.person')}
            data={(matrix.data?.people ?? [])
              .filter((p) => p.account !== me.id)
              .map((p) => ({ value: p.account, label: `${p.name} (${p.account})` }))}
            value={account}
            onChange={setAccount}
            searchable
            error={errors.account}
            data-autofocus
          />
          <Select
            label={t('qualifications.column.skill')}
            data={(matrix.data?.skills ?? []).map((s) => ({ value: s.id, label: `${s.name} (${s.id})` }))}
            value={skill}
            onChange={setSkill}
            searchable
            error={errors.skill}
          />
        </>
      )}
      <div className={classes.fields}>
        <NumberInput
          label={t('qualifications.field.level')}
          min={1}
          max={9}
          value={level}
          onChange={setLevel}
          error={errors.level}
        />
        <TextInput
          label={t('qualifications.column.issuer')}
          value={issuer}
          maxLength={200}
          onChange={(event) => setIssuer(event.currentTarget.value)}
          error={errors.issuer}
        />
      </div>
      <MomentField
        label={t('qualifications.field.issued')}
        value={issued}
        onChange={setIssued}
        error={errors.issued_at}
      />
      <MomentField
        label={t('qualifications.column.ends')}
        description={usual > 0 ? t('qualifications.usual_end', { n: usual }) : t('qualifications.no_usual_end')}
        value={expires}
        onChange={setExpires}
        disabled={never}
        error={errors.expires_at}
      />
      <Checkbox
        label={t('qualifications.never_ends')}
        checked={never}
        onChange={(event) => setNever(event.currentTarget.checked)}
      />
      <FileInput
        label={t('qualifications.evidence')}
        description={t('qualifications.evidence_help')}
        accept="application/pdf,image/png,image/jpeg"
        value={file}
        onChange={setFile}
        clearable
        clearButtonProps={{ 'aria-label': t('list.clear') }}
        error={errors.evidence}
      />
      <TextInput
        label={t('qualifications.field.reason')}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={errors.reason}
      />
    </ConfirmDialog>
  )
}
