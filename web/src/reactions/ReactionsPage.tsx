import { Anchor, Button } from '@mantine/core'
import { IconCircleCheck, IconPlayerPause, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame, Rows } from '../list/ListFrame'
import { CsvButton, ListFoot, ShareButton } from '../list/ListTools'
import type { ListSearch } from '../list/page'
import { EmptyState } from '../message/EmptyState'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Note, Status } from '../status/Status'
import { Time } from '../time/Time'
import { Id } from '../value/Quantity'
import { firingsQuery, rulesQuery, windowOf, type Firing, type Rule } from './reaction'
import { RuleDialog } from './RuleDialog'

const route = getRouteApi('/shell/reactions')

/** What the plant does by itself when quality gets worse, and when it did. */
export function ReactionsPage() {
  const t = useT()
  const me = useMe()
  const may = can(me, 'reaction.write')
  const search = route.useSearch()
  const navigate = useNavigate()
  const rules = useQuery(rulesQuery)
  const firings = useQuery(firingsQuery(search))
  const [edit, setEdit] = useState<Rule | 'new'>()
  const ruleColumns = useRuleColumns()
  const firingColumns = useFiringColumns()
  const go = (change: Partial<ListSearch>) =>
    void navigate({ to: '/reactions', search: { ...search, cursor: undefined, ...change } })
  const items = rules.data?.items ?? []
  return (
    <ListFrame
      title={t('reactions.title')}
      actions={
        <>
          <ShareButton />
          {may && (
            <Button
              variant="filled"
              leftSection={<IconPlus className="icon" aria-hidden />}
              onClick={() => setEdit('new')}
            >
              {t('reactions.new')}
            </Button>
          )}
        </>
      }
    >
      {rules.isPending && <Rows count={3} />}
      {rules.isError && <ErrorAlert error={rules.error} onRetry={() => void rules.refetch()} />}
      {rules.data && items.length === 0 && (
        <EmptyState title={t('reactions.empty.title')}>{t('reactions.empty.text')}</EmptyState>
      )}
      {items.length > 0 && (
        <DataTable
          label={t('reactions.title')}
          columns={ruleColumns}
          rows={items}
          rowId={(rule) => rule.id}
          onOpen={may ? (rule) => setEdit(rule) : undefined}
        />
      )}
      <h2>{t('reactions.acted')}</h2>
      <ListBody
        query={firings}
        empty={<EmptyState title={t('reactions.quiet.title')}>{t('reactions.quiet.text')}</EmptyState>}
      >
        {(page) => (
          <>
            <DataTable
              label={t('reactions.acted')}
              columns={firingColumns}
              rows={page.items}
              rowId={(firing) => firing.id}
              dim={firings.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor })} />
            <div>
              <CsvButton path="/reaction-firings" query={{}} />
            </div>
          </>
        )}
      </ListBody>
      {edit && <RuleDialog rule={edit === 'new' ? undefined : edit} onClose={() => setEdit(undefined)} />}
    </ListFrame>
  )
}

function useRuleColumns(): ColumnDef<Rule>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'id',
        header: t('reactions.column.rule'),
        meta: { width: '30%' },
        cell: ({ row: { original: r } }) => (
          <>
            <b>{r.name}</b>
            <small>
              {r.id}, {t('reactions.version', { version: r.version })}
            </small>
          </>
        ),
      },
      {
        id: 'when',
        header: t('reactions.column.when'),
        meta: { width: '30%' },
        cell: ({ row: { original: r } }) => {
          const w = windowOf(r.window_min)
          return (
            <>
              {t('reactions.when', { count: r.count, what: t(`reactions.kind.${r.kind as 'verdict'}`) })}
              <small>
                {t(`reactions.within.${w.unit}`, { count: w.count })},{' '}
                {r.per_thousand && t('reactions.over_rate', { rate: r.per_thousand })}{' '}
                {t(`reactions.group.${r.group as 'lot'}`, { material: r.component ?? '' })}
                {r.code ? `, ${r.code}` : ''}
              </small>
            </>
          )
        },
      },
      {
        id: 'then',
        header: t('reactions.column.then'),
        meta: { width: '20%' },
        cell: ({ row: { original: r } }) => (r.then ?? []).map((a) => t(`reactions.act.${a as 'hold'}`)).join(', '),
      },
      {
        id: 'severity',
        header: t('alerts.column.severity'),
        meta: { width: '10%' },
        cell: ({ row: { original: r } }) => <Status of="severity" state={r.severity} />,
      },
      {
        id: 'active',
        header: t('reactions.column.active'),
        meta: { width: '10%' },
        cell: ({ row: { original: r } }) => (
          <Note tone="plain" icon={r.active ? IconCircleCheck : IconPlayerPause}>
            {r.active ? t('reactions.on') : t('reactions.off')}
          </Note>
        ),
      },
    ],
    [t],
  )
}

function useFiringColumns(): ColumnDef<Firing>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'at',
        header: t('reactions.column.at'),
        meta: { width: '16%' },
        cell: ({ row: { original: f } }) => <Time value={f.at} />,
      },
      {
        id: 'why',
        header: t('reactions.column.why'),
        meta: { width: '44%' },
        cell: ({ row: { original: f } }) => (
          <>
            <b title={f.why}>{f.name}</b>
            <small title={f.why}>{f.why}</small>
          </>
        ),
      },
      {
        id: 'group',
        header: t('reactions.column.group'),
        meta: { width: '16%' },
        cell: ({ row: { original: f } }) => <Id>{f.group}</Id>,
      },
      {
        id: 'done',
        header: t('reactions.column.done'),
        meta: { width: '24%' },
        cell: ({ row: { original: f } }) => (
          <>
            {(f.done ?? []).map((d) => (
              <small key={d.kind} title={d.refused}>
                {t(`reactions.act.${d.kind as 'hold'}`)}: <Done kind={d.kind} subject={d.subject} refused={d.refused} />
              </small>
            ))}
          </>
        ),
      },
    ],
    [t],
  )
}

const places: Record<string, string> = { hold: '/holds', capa: '/capas', nonconforming: '/nonconformances' }

/** The record that a reaction made, or why it made none. */
function Done({ kind, subject, refused }: { kind: string; subject?: string; refused?: string }) {
  const t = useT()
  if (refused) return <>{t('reactions.refused', { why: refused })}</>
  const place = places[kind]
  if (!place || !subject) return <>{subject || t('reactions.done')}</>
  return (
    <Anchor inherit underline="always" renderRoot={(props) => <Link to={`${place}/${subject}` as '/'} {...props} />}>
      {subject}
    </Anchor>
  )
}
