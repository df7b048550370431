import { Anchor, Button, Checkbox, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { address } from '../api/http'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody } from '../list/ListFrame'
import { ListFoot, SearchField } from '../list/ListTools'
import { nextSort } from '../list/page'
import { EmptyState } from '../message/EmptyState'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { GrantDialog } from './GrantDialog'
import { certificatesQuery, path, spans, tabOf, type Certificate, type QualificationSearch } from './qualification'
import classes from './qualifications.module.css'
import { WithdrawDialog } from './WithdrawDialog'

interface Props {
  search: QualificationSearch
  go: (change: Partial<QualificationSearch>, replace?: boolean) => void
}

/** Certificates as they were given; or those that end soon, the ended ones first. */
export function Certificates({ search, go }: Props) {
  const t = useT()
  const query = useQuery(certificatesQuery(search))
  const ending = tabOf(search) === 'ending'
  const [chosen, setChosen] = useState<{ certificate: Certificate; renew: boolean }>()
  const columns = useColumns((certificate, renew) => setChosen({ certificate, renew }))
  return (
    <>
      <div className={classes.tools}>
        <SearchField label={t('qualifications.search')} value={search.q} onChange={(q) => go({ q: q || undefined })} />
        {ending ? (
          <SegmentedControl
            aria-label={t('qualifications.within')}
            data={spans.map((days) => ({ value: days, label: t('qualifications.days', { n: days }) }))}
            value={search.days ?? '30'}
            onChange={(days) => go({ days: days === '30' ? undefined : days })}
          />
        ) : (
          <Checkbox
            label={t('qualifications.with_history')}
            checked={search.history === 'true'}
            onChange={(event) => go({ history: event.currentTarget.checked ? 'true' : undefined })}
          />
        )}
      </div>
      <ListBody
        query={query}
        empty={
          <EmptyState
            title={
              search.q ? t('list.none_found') : t(ending ? 'qualifications.none_ending' : 'qualifications.empty.title')
            }
          >
            {search.q
              ? t('list.none_found_text')
              : t(ending ? 'qualifications.none_ending_text' : 'qualifications.empty.text')}
          </EmptyState>
        }
      >
        {(page) => (
          <>
            <DataTable
              label={t('qualifications.tab.certificates')}
              columns={columns}
              rows={page.items}
              rowId={(c) => String(c.id)}
              sort={search.sort}
              onSort={(column) => go({ sort: nextSort(search.sort, column) })}
              dim={query.isPlaceholderData}
            />
            <ListFoot page={page} cursor={search.cursor} onPage={(cursor) => go({ cursor }, false)} />
          </>
        )}
      </ListBody>
      {chosen?.renew && <GrantDialog renew={chosen.certificate} onClose={() => setChosen(undefined)} />}
      {chosen && !chosen.renew && (
        <WithdrawDialog certificate={chosen.certificate} onClose={() => setChosen(undefined)} />
      )}
    </>
  )
}

function useColumns(choose: (c: Certificate, renew: boolean) => void): ColumnDef<Certificate>[] {
  const t = useT()
  const me = useMe()
  const may = can(me, 'qualification.give')
  return useMemo(
    () => [
      {
        id: 'person',
        header: t('qualifications.column.person'),
        meta: { width: '18%', sort: 'person' },
        cell: ({ row: { original: c } }) => (
          <>
            <b>{c.name}</b>
            <small className="id">{c.account}</small>
          </>
        ),
      },
      {
        id: 'skill',
        header: t('qualifications.column.skill'),
        meta: { width: '19%', sort: 'skill' },
        cell: ({ row: { original: c } }) => (
          <>
            {c.skill_name}
            <small>
              {c.skill}, {t('qualifications.level', { level: c.level })}
            </small>
          </>
        ),
      },
      {
        id: 'state',
        header: t('list.by_state'),
        meta: { width: '14%' },
        cell: ({ row: { original: c } }) => (
          <>
            <Status of="certificate" state={c.state} />
            {c.withdrawal && <small title={c.withdrawal}>{c.withdrawal}</small>}
          </>
        ),
      },
      {
        id: 'expires_at',
        header: t('qualifications.column.ends'),
        meta: { width: '19%', sort: 'expires_at' },
        cell: ({ row: { original: c } }) => (c.expires_at ? <Time value={c.expires_at} /> : t('qualifications.never')),
      },
      {
        id: 'issuer',
        header: t('qualifications.column.issuer'),
        meta: { width: '16%' },
        cell: ({ row: { original: c } }) => (
          <>
            {c.issuer}
            <small>
              {t('qualifications.given_by', { user: c.given_by })} <Time value={c.given_at} form="date" />
            </small>
            {c.evidence && (
              <small>
                <Anchor href={address(`${path}/${c.id}/evidence`)} download>
                  {c.evidence_name || t('qualifications.evidence')}
                </Anchor>
              </small>
            )}
          </>
        ),
      },
      {
        id: 'actions',
        header: t('qualifications.column.change'),
        meta: { width: '14%' },
        cell: ({ row: { original: c } }) =>
          may && c.account !== me.id && c.state !== 'replaced' ? (
            <span className="row">
              <Button size="compact-sm" onClick={() => choose(c, true)}>
                {t('qualifications.renew')}
              </Button>
              {c.state !== 'withdrawn' && (
                <Button size="compact-sm" variant="subtle" color="gray" onClick={() => choose(c, false)}>
                  {t('qualifications.withdraw')}
                </Button>
              )}
            </span>
          ) : null,
      },
    ],
    [t, may, me.id, choose],
  )
}
