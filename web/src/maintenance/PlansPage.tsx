import { Anchor, Breadcrumbs, Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ColumnDef } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { useT } from '../i18n/i18n'
import { DataTable } from '../list/DataTable'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { plansQuery, type Kind, type Plan, type Trigger } from './maintenance'
import classes from './maintenance.module.css'
import { PlanDialog } from './PlanDialog'

/** Plans that make jobs by themselves: by the calendar, by conditions, by alarms; and how far each is. */
export function PlansPage() {
  const t = useT()
  const may = can(useMe(), 'maintenance.define')
  const query = useQuery(plansQuery)
  const columns = useColumns()
  const [open, setOpen] = useState<Plan | 'new'>()
  const add = may && (
    <Button variant="filled" leftSection={<IconPlus className="icon" aria-hidden />} onClick={() => setOpen('new')}>
      {t('maintenance.plans.new')}
    </Button>
  )
  return (
    <ListFrame
      title={t('maintenance.plans.title')}
      actions={
        <>
          <CsvButton path="/maintenance/plans" query={{}} />
          {add}
        </>
      }
      tools={
        <Breadcrumbs separator="/" component="nav" aria-label={t('maintenance.title')} className={classes.crumb}>
          <Anchor renderRoot={(props) => <Link to="/maintenance" {...props} />}>{t('maintenance.title')}</Anchor>
          <span>{t('maintenance.plans.title')}</span>
        </Breadcrumbs>
      }
    >
      <ListBody
        query={query}
        empty={
          <EmptyState title={t('maintenance.plans.empty')} action={add}>
            {t('maintenance.plans.empty_text')}
          </EmptyState>
        }
      >
        {(page) => (
          <DataTable
            label={t('maintenance.plans.title')}
            columns={columns}
            rows={page.items}
            rowId={(plan) => plan.id}
            onOpen={may ? setOpen : undefined}
          />
        )}
      </ListBody>
      {open && <PlanDialog plan={open === 'new' ? undefined : open} onClose={() => setOpen(undefined)} />}
    </ListFrame>
  )
}

function useColumns(): ColumnDef<Plan>[] {
  const t = useT()
  return useMemo(
    () => [
      {
        id: 'id',
        header: t('maintenance.plans.plan'),
        meta: { width: '32%' },
        cell: ({ row: { original: p } }) => (
          <>
            <b className="id">{p.id}</b>
            <small title={p.title}>{p.title}</small>
          </>
        ),
      },
      {
        id: 'station',
        header: t('maintenance.column.at'),
        meta: { width: '14%' },
        cell: ({ row: { original: p } }) => (
          <>
            <span className="id">{p.station || p.gauge}</span>
            <small>{t(`maintenance.kind.${p.kind as Kind}`)}</small>
          </>
        ),
      },
      {
        id: 'trigger',
        header: t('maintenance.plans.when'),
        meta: { width: '24%' },
        cell: ({ row: { original: p } }) => <When plan={p} />,
      },
      {
        id: 'next',
        header: t('maintenance.plans.next'),
        meta: { width: '18%' },
        cell: ({ row: { original: p } }) => <Next plan={p} />,
      },
      {
        id: 'state',
        header: t('list.by_state'),
        meta: { width: '12%' },
        cell: ({ row: { original: p } }) => <Status of="maintenance_plan" state={p.active ? 'active' : 'paused'} />,
      },
    ],
    [t],
  )
}

const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

/** When a plan makes a job, in words. */
function When({ plan }: { plan: Plan }) {
  const t = useT()
  const g = plan.trigger
  const on = g.on as Trigger
  if (on === 'calendar') {
    const weekdays = (g.weekdays ?? []).map((d) => t(`maintenance.day.${days[d] ?? 'sun'}`)).join(', ')
    const dates = (g.days ?? []).map((d) => `${d}.`).join(' ')
    const months = (g.months ?? []).join(', ')
    return (
      <>
        {t('maintenance.when.at', { at: g.at ?? '' })}
        <small>
          {[weekdays, dates, months && t('maintenance.when.months', { months })].filter(Boolean).join(', ') ||
            t('maintenance.when.daily')}
        </small>
      </>
    )
  }
  if (on === 'alarm') return <>{t('maintenance.when.alarm', { alarm: g.alarm ?? '' })}</>
  if (on === 'tag')
    return (
      <>
        <span className="id">
          {g.device} {g.tag}
        </span>
        <small>{[g.lower && `< ${g.lower}`, g.upper && `> ${g.upper}`].filter(Boolean).join(', ')}</small>
      </>
    )
  return <>{t(`maintenance.when.${on}`, { n: g.every ?? 0 })}</>
}

function Next({ plan }: { plan: Plan }) {
  const t = useT()
  return (
    <>
      {plan.next_at ? (
        <Time value={plan.next_at} />
      ) : plan.progress !== undefined && plan.trigger.every ? (
        t('maintenance.when.progress', { n: Math.round(Number(plan.progress) * 10) / 10, of: plan.trigger.every })
      ) : (
        (plan.progress ?? '–')
      )}
      {plan.open && (
        <small>
          <Anchor renderRoot={(props) => <Link to="/maintenance/$job" params={{ job: plan.open ?? '' }} {...props} />}>
            <span className="id">{plan.open}</span>
          </Anchor>
        </small>
      )}
    </>
  )
}
