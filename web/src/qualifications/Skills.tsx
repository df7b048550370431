import { Button, NumberInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody } from '../list/ListFrame'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { EmptyState } from '../message/EmptyState'
import { can, useMe } from '../session/session'
import { skillsQuery, type Skill } from './qualification'

/** The skills that certificates are given for, how long those last, and when reminders go out. */
export function Skills() {
  const t = useT()
  const may = can(useMe(), 'skill.write')
  const query = useQuery(skillsQuery)
  const [editing, setEditing] = useState<Skill | 'new'>()
  const columns = useColumns()
  return (
    <>
      {may && (
        <div className="row">
          <Button onClick={() => setEditing('new')}>{t('qualifications.skill.new')}</Button>
        </div>
      )}
      <ListBody
        query={query}
        empty={<EmptyState title={t('qualifications.empty.title')}>{t('qualifications.empty.text')}</EmptyState>}
      >
        {(page) => (
          <DataTable
            label={t('qualifications.tab.skills')}
            columns={columns}
            rows={page.items}
            rowId={(skill) => skill.id}
            onOpen={may ? setEditing : undefined}
          />
        )}
      </ListBody>
      {editing && <SkillDialog skill={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />}
    </>
  )
}

function useColumns(): ColumnDef<Skill>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'id',
        header: t('qualifications.skill.id'),
        meta: { width: '20%' },
        cell: ({ row }) => <b className="id">{row.original.id}</b>,
      },
      {
        id: 'name',
        header: t('qualifications.skill.name'),
        meta: { width: '40%' },
        cell: ({ row: { original: s } }) => (
          <>
            {s.name}
            {s.description && <small>{s.description}</small>}
          </>
        ),
      },
      {
        id: 'validity',
        header: t('qualifications.skill.validity'),
        meta: { width: '20%' },
        cell: ({ row: { original: s } }) =>
          s.validity_months ? t('qualifications.skill.months', { n: s.validity_months }) : t('qualifications.never'),
      },
      {
        id: 'remind',
        header: t('qualifications.skill.remind'),
        meta: { width: '20%' },
        cell: ({ row: { original: s } }) =>
          t('qualifications.skill.days_before', { days: (s.remind_days ?? []).join(', ') }),
      },
    ],
    [t],
  )
}

function SkillDialog({ skill, onClose }: { skill?: Skill; onClose: () => void }) {
  const t = useT()
  const [id, setId] = useState(skill?.id ?? '')
  const [name, setName] = useState(skill?.name ?? '')
  const [description, setDescription] = useState(skill?.description ?? '')
  const [months, setMonths] = useState<number | string>(skill?.validity_months ?? 24)
  const [days, setDays] = useState((skill?.remind_days ?? [30, 7]).join(', '))
  const put = useCommand(onClose)
  const errors = fieldErrors(put.error)
  const remind = days
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={skill ? t('qualifications.skill.change', { name: skill.name }) : t('qualifications.skill.new')}
      confirm={t('qualifications.skill.save')}
      busy={put.isPending}
      disabled={!id.trim() || !name.trim() || months === '' || remind.some(Number.isNaN)}
      error={put.error}
      onConfirm={() =>
        put.mutate({
          path: '/skills',
          body: {
            id: id.trim(),
            name: name.trim(),
            description: description.trim(),
            validity_months: Number(months),
            remind_days: remind,
          },
        })
      }
    >
      {!skill && (
        <TextInput
          label={t('qualifications.skill.id')}
          value={id}
          maxLength={64}
          onChange={(e) => setId(e.currentTarget.value)}
          error={errors.id}
          data-autofocus
        />
      )}
      <TextInput
        label={t('qualifications.skill.name')}
        value={name}
        maxLength={200}
        onChange={(e) => setName(e.currentTarget.value)}
        error={errors.name}
      />
      <TextInput
        label={t('qualifications.skill.description')}
        value={description}
        maxLength={500}
        onChange={(e) => setDescription(e.currentTarget.value)}
      />
      <NumberInput
        label={t('qualifications.skill.validity_months')}
        description={t('qualifications.skill.validity_help')}
        min={0}
        max={600}
        value={months}
        onChange={setMonths}
        error={errors.validity_months}
      />
      <TextInput
        label={t('qualifications.skill.remind_days')}
        description={t('qualifications.skill.remind_help')}
        value={days}
        onChange={(e) => setDays(e.currentTarget.value)}
        error={
          remind.some(Number.isNaN)
            ? t('form.not_a_number')
            : (errors.remind_days ?? errors['remind_days[0]'] ?? errors['remind_days[1]'])
        }
      />
    </ConfirmDialog>
  )
}
