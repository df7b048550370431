import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame, Rows } from '../list/ListFrame'
import { CsvButton, ListFoot, SearchField, ShareButton } from '../list/ListTools'
import type { ListSearch } from '../list/page'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import split from '../orders/orders.module.css'
import { useKeys } from '../scan/ScanProvider'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { Facts } from '../value/Facts'
import { schemeHistoryQuery, schemesPath, schemesQuery, type Scheme } from './inspection'
import classes from './inspections.module.css'

const route = getRouteApi('/shell/inspections/switching')

const keyOf = (s: Scheme) => `${s.plan}/${s.supplier}`

/** How severe inspection is now for each plan and supplier, and what moved it. */
export function SwitchingPage() {
  const t = useT()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(schemesQuery(search))
  const columns = useColumns()
  const go = (change: Partial<ListSearch>, replace = true) =>
    void navigate({ to: '/inspections/switching', search: { ...search, cursor: undefined, ...change }, replace })
  const select = (sel?: string) => go({ sel, cursor: search.cursor }, sel === undefined)
  useKeys((key) => {
    if (key !== 'Escape' || !search.sel) return false
    select(undefined)
    return true
  })
  const chosen = query.data?.items?.find((s) => keyOf(s) === search.sel)
  return (
    <div className={split.split} data-open={chosen !== undefined || undefined}>
      <ListFrame
        title={t('inspections.switching')}
        actions={
          <>
            <ShareButton />
            <CsvButton path={schemesPath} query={{ q: search.q }} />
          </>
        }
        tools={
          <SearchField
            label={t('inspections.search_schemes')}
            value={search.q}
            onChange={(q) => go({ q: q || undefined })}
          />
        }
      >
        <ListBody
          query={query}
          empty={<EmptyState title={t('inspections.no_schemes')}>{t('inspections.no_schemes_text')}</EmptyState>}
        >
          {(page) => (
            <>
              <DataTable
                label={t('inspections.switching')}
                columns={columns}
                rows={page.items}
                rowId={keyOf}
                selected={search.sel}
                onOpen={(row) => select(keyOf(row))}
                onClose={() => select(undefined)}
                dim={query.isPlaceholderData}
              />
              <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} keys />
            </>
          )}
        </ListBody>
      </ListFrame>
      {chosen && <SchemeDrawer key={keyOf(chosen)} scheme={chosen} onClose={() => select(undefined)} />}
    </div>
  )
}

function useColumns(): ColumnDef<Scheme>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'plan',
        header: t('inspections.field.plan'),
        meta: { width: '28%' },
        cell: ({ row: { original: s } }) => <b className="id">{s.plan}</b>,
      },
      {
        id: 'supplier',
        header: t('inspections.field.supplier'),
        meta: { width: '26%' },
        cell: ({ row: { original: s } }) => s.supplier || t('inspections.made_here'),
      },
      {
        id: 'mode',
        header: t('inspections.field.mode'),
        meta: { width: '24%' },
        cell: ({ row: { original: s } }) => <Status of="sampling" state={s.mode} />,
      },
      {
        id: 'changed',
        header: t('inspections.column.changed'),
        meta: { width: '22%' },
        cell: ({ row: { original: s } }) => <Time value={s.changed_at} />,
      },
    ],
    [t],
  )
}

function SchemeDrawer({ scheme, onClose }: { scheme: Scheme; onClose: () => void }) {
  const t = useT()
  const me = useMe()
  const query = useQuery(schemeHistoryQuery(scheme.plan, scheme.supplier))
  const [switching, setSwitching] = useState(false)
  const rule = scheme.mode === 'discontinued' ? 'supplier_resumed' : scheme.mode === 'reduced' ? 'irregular' : undefined
  return (
    <aside className={split.drawer} aria-labelledby="drawer-title">
      <header>
        <div className={split.named}>
          <h2 id="drawer-title" className="id">
            {scheme.plan}
          </h2>
          <Status of="sampling" state={scheme.mode} variant="tag" />
        </div>
        {rule && can(me, 'inspection.switch') && (
          <Button variant="filled" onClick={() => setSwitching(true)}>
            {t(`inspections.switch.${rule}`)}
          </Button>
        )}
        <ActionIcon onClick={onClose} aria-label={t('message.close')}>
          <IconX className="icon" />
        </ActionIcon>
      </header>
      <Facts
        rows={[
          [t('inspections.field.supplier'), scheme.supplier || t('inspections.made_here')],
          [
            t('inspections.field.score'),
            scheme.mode === 'normal' ? t('inspections.of', { n: scheme.score, of: 30 }) : '',
          ],
          [
            t('inspections.field.accepted_in_row'),
            scheme.mode === 'tightened' ? t('inspections.of', { n: scheme.accepted, of: 5 }) : '',
          ],
          [
            t('inspections.field.refused'),
            scheme.mode === 'tightened' ? t('inspections.of', { n: scheme.refused, of: 5 }) : '',
          ],
        ]}
      />
      <h3>{t('inspections.history')}</h3>
      {query.isPending && <Rows count={5} />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      <ol className={classes.history}>
        {(query.data?.items ?? []).map((e) => (
          <li key={e.n}>
            <span>
              {e.lot ? <span className="id">{e.lot}</span> : e.by}{' '}
              {e.accepted !== undefined && e.accepted !== null && (
                <Status of="inspection" state={e.accepted ? 'accepted' : 'not_accepted'} size="label" />
              )}
              {e.rule && <b className={classes.rule}>{t(`inspections.rule.${e.rule}`)}</b>}
              {e.reason && <small>{e.reason}</small>}
            </span>
            <Time value={e.at} />
          </li>
        ))}
      </ol>
      {switching && rule && <SwitchDialog scheme={scheme} rule={rule} onClose={() => setSwitching(false)} />}
    </aside>
  )
}

function SwitchDialog({
  scheme,
  rule,
  onClose,
}: {
  scheme: Scheme
  rule: 'supplier_resumed' | 'irregular'
  onClose: () => void
}) {
  const t = useT()
  const [reason, setReason] = useState('')
  const command = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t(`inspections.switch.${rule}`)}
      confirm={t(`inspections.switch.${rule}`)}
      busy={command.isPending}
      disabled={reason.trim() === ''}
      error={command.error}
      onConfirm={() =>
        command.mutate({
          path: `${schemesPath}/${encodeURIComponent(scheme.plan)}/switch`,
          body: { supplier: scheme.supplier, rule, reason: reason.trim() },
        })
      }
    >
      <p>{t(`inspections.switch_text.${rule}`)}</p>
      <TextInput
        label={t('inspections.field.reason')}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-autofocus
      />
    </ConfirmDialog>
  )
}
