import { Button, Checkbox, Select, SimpleGrid, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { useCommand } from '../command/useCommand'
import { DecimalField } from '../form/DecimalField'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListFrame, Rows } from '../list/ListFrame'
import { CsvButton, ShareButton } from '../list/ListTools'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Quantity } from '../value/Quantity'
import { readDecimal } from '../value/decimal'
import {
  branches,
  codeOptions,
  codesQuery,
  severities,
  type Branch,
  type DefectCode,
  type Severity,
} from './nonconformance'
import classes from './nonconformances.module.css'

/** The site's defect codes as a tree. What stands here is what people can report. */
export function DefectCodesPage() {
  const t = useT()
  const may = can(useMe(), 'defect-code.write')
  const query = useQuery(codesQuery)
  const [editing, setEditing] = useState<DefectCode | 'new'>()
  const columns = useColumns()
  const tree = branches(query.data ?? [])
  const create = may && (
    <Button variant="filled" leftSection={<IconPlus className="icon" aria-hidden />} onClick={() => setEditing('new')}>
      {t('nonconformances.codes.new')}
    </Button>
  )
  return (
    <ListFrame
      title={t('nonconformances.codes.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton path="/defect-codes" query={{}} />
          {create}
        </>
      }
    >
      {query.isPending && <Rows />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && tree.length === 0 && (
        <EmptyState title={t('nonconformances.codes.empty.title')} action={create}>
          {t('nonconformances.codes.empty.text')}
        </EmptyState>
      )}
      {tree.length > 0 && (
        <div className={classes.tree}>
          <DataTable
            label={t('nonconformances.codes.title')}
            columns={columns}
            rows={tree}
            rowId={(code) => code.code}
            onOpen={may ? setEditing : undefined}
          />
        </div>
      )}
      {editing && (
        <CodeDialog
          code={editing === 'new' ? undefined : editing}
          all={query.data ?? []}
          onClose={() => setEditing(undefined)}
        />
      )}
    </ListFrame>
  )
}

function useColumns(): ColumnDef<Branch>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'code',
        header: t('nonconformances.codes.code'),
        meta: { width: '38%' },
        cell: ({ row: { original: c } }) => (
          <span style={{ paddingLeft: `${c.depth * 1.5}rem` }} className={c.usable ? undefined : classes.off}>
            <b className="id">{c.code}</b> {c.name}
          </span>
        ),
      },
      {
        id: 'severity',
        header: t('nonconformances.column.severity'),
        meta: { width: '18%' },
        cell: ({ row }) => <Status of="severity" state={row.original.severity} />,
      },
      {
        id: 'cost',
        header: t('nonconformances.codes.piece_cost'),
        meta: { width: '18%' },
        cell: ({ row }) => <Quantity value={row.original.piece_cost} />,
      },
      {
        id: 'active',
        header: t('nonconformances.codes.use'),
        cell: ({ row: { original: c } }) =>
          c.usable ? t('nonconformances.codes.in_use') : t('nonconformances.codes.not_in_use'),
      },
    ],
    [t],
  )
}

function CodeDialog({ code, all, onClose }: { code?: DefectCode; all: DefectCode[]; onClose: () => void }) {
  const t = useT()
  const [form, setForm] = useState({
    code: code?.code ?? '',
    parent: code?.parent ?? '',
    name: code?.name ?? '',
    severity: (code?.severity ?? 'medium') as Severity,
    cost: code?.piece_cost ?? '',
    active: code?.active ?? true,
    reason: '',
  })
  const set = (part: Partial<typeof form>) => setForm({ ...form, ...part })
  const put = useCommand(onClose)
  const errors = fieldErrors(put.error)
  const cost = form.cost.trim() === '' ? undefined : readDecimal(form.cost)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={code ? t('nonconformances.codes.change', { code: code.code }) : t('nonconformances.codes.new')}
      confirm={t('nonconformances.codes.save')}
      busy={put.isPending}
      disabled={!form.code.trim() || !form.name.trim() || cost === null || (code !== undefined && !form.reason.trim())}
      error={put.error}
      onConfirm={() =>
        put.mutate({
          path: `/defect-codes/${encodeURIComponent(form.code.trim())}`,
          body: {
            parent: form.parent || undefined,
            name: form.name.trim(),
            severity: form.severity,
            piece_cost: cost,
            active: form.active,
            version: code?.version ?? 0,
            reason: form.reason.trim() || undefined,
          },
        })
      }
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        <TextInput
          label={t('nonconformances.codes.code')}
          value={form.code}
          disabled={code !== undefined}
          error={errors.code}
          maxLength={64}
          data-autofocus={code ? undefined : true}
          onChange={(event) => set({ code: event.currentTarget.value.toUpperCase() })}
        />
        <Select
          label={t('nonconformances.codes.parent')}
          clearable
          clearButtonProps={{ 'aria-label': t('list.clear') }}
          data={codeOptions(all).filter((o) => o.value !== code?.code)}
          value={form.parent || null}
          error={errors.parent}
          onChange={(parent) => set({ parent: parent ?? '' })}
        />
      </SimpleGrid>
      <TextInput
        label={t('nonconformances.codes.name')}
        value={form.name}
        error={errors.name}
        maxLength={200}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        <Select
          label={t('nonconformances.field.severity')}
          allowDeselect={false}
          data={severities.map((s) => ({ value: s, label: t(`status.severity.${s}`) }))}
          value={form.severity}
          onChange={(severity) => set({ severity: severity as Severity })}
        />
        <DecimalField
          label={t('nonconformances.codes.piece_cost')}
          value={form.cost}
          error={errors.piece_cost}
          onChange={(value) => set({ cost: value })}
        />
      </SimpleGrid>
      <Checkbox
        label={t('nonconformances.codes.in_use')}
        checked={form.active}
        onChange={(event) => set({ active: event.currentTarget.checked })}
      />
      {code && (
        <TextInput
          label={t('orders.reason')}
          description={t('orders.reason_help')}
          value={form.reason}
          error={errors.reason}
          maxLength={500}
          onChange={(event) => set({ reason: event.currentTarget.value })}
        />
      )}
    </ConfirmDialog>
  )
}
