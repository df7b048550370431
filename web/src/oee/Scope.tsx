import { Button, Popover, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { MomentField } from '../form/MomentField'
import { useT } from '../i18n/i18n'
import { plantQuery } from '../plant/plant'
import { fromFieldValue, longDate, toFieldValue } from '../time/format'
import { plantNow } from '../time/now'
import { useZone } from '../time/site'
import { useTimeText } from '../time/Time'
import type { OeeSearch, Report } from './figure'
import classes from './oee.module.css'

interface Props {
  search: OeeSearch
  equipment: string
  report?: Report
  onChange: (change: OeeSearch) => void
}

/** Equipment, window, product and order: all in the address. */
export function Scope({ search, equipment, report, onChange }: Props) {
  const t = useT()
  const plant = useQuery(plantQuery).data
  const equipments = (plant?.lines ?? []).map((line) => ({
    group: line.name,
    items: [
      { value: line.id, label: t('oee.scope.line', { id: line.id, name: line.name }) },
      ...(plant?.stations ?? [])
        .filter((station) => station.line === line.id)
        .map((station) => ({ value: station.id, label: `${line.id} / ${station.id}, ${station.name}` })),
    ],
  }))
  return (
    <div className={classes.scope}>
      <Select
        label={t('oee.scope.equipment')}
        data={equipments}
        value={equipment}
        onChange={(value) => value && onChange({ equipment: value, station: undefined, loss: undefined })}
        allowDeselect={false}
        searchable
        w={240}
      />
      <WindowSelect search={search} report={report} onChange={onChange} />
      <Select
        label={t('oee.scope.product')}
        data={[{ value: '', label: t('oee.scope.all') }, ...names(report?.products, search.product)]}
        value={search.product ?? ''}
        onChange={(value) => onChange({ product: value || undefined })}
        allowDeselect={false}
        w={150}
      />
      <Select
        label={t('oee.scope.order')}
        data={[{ value: '', label: t('oee.scope.all') }, ...names(report?.orders, search.order)]}
        value={search.order ?? ''}
        onChange={(value) => onChange({ order: value || undefined })}
        allowDeselect={false}
        w={170}
      />
    </div>
  )
}

const names = (known: string[] | null | undefined, chosen?: string) => [
  ...new Set([...(known ?? []), ...(chosen ? [chosen] : [])]),
]

const none = { shift: undefined, day: undefined, from: undefined, until: undefined }

function WindowSelect({ search, report, onChange }: Omit<Props, 'equipment'>) {
  const t = useT()
  const zone = useZone()
  const at = useTimeText()
  const [asking, setAsking] = useState(false)
  const shift = (day: string, name: string, from: string, until: string) =>
    t('oee.window.shift', {
      day: longDate(zone, new Date(from)) || day,
      shift: name,
      from: at(from, 'clock', false),
      until: at(until, 'clock'),
    })
  const key = (day: string, id: string) => `shift ${day} ${id}`
  const shifts = (report?.trend ?? []).toReversed().map((point) => ({
    value: key(point.day, point.shift),
    label: shift(point.day, point.shift_name, point.from, point.until),
  }))
  const chosen = search.shift ? key(search.day ?? '', search.shift) : search.from ? 'window' : 'now'
  if (report?.shift && search.shift && !shifts.some((s) => s.value === chosen))
    shifts.unshift({ value: chosen, label: shift(report.day ?? '', report.shift_name ?? '', report.from, report.ends) })
  const now =
    report?.shift && !search.shift && !search.from
      ? shift(report.day ?? '', report.shift_name ?? '', report.from, report.ends)
      : t('oee.window.now')
  const since = (hours: number) => new Date(plantNow() - hours * 3_600_000).toISOString()
  const data = [
    { value: 'now', label: now },
    ...shifts.filter((s) => s.label !== now),
    { value: 'day', label: t('oee.window.day') },
    { value: 'week', label: t('oee.window.week') },
    {
      value: 'window',
      label: search.from
        ? t('oee.window.from_until', {
            from: at(search.from, 'day', false),
            until: search.until ? at(search.until, 'day') : t('oee.window.until_now'),
          })
        : t('oee.window.other'),
    },
  ]
  const pick = (value: string | null) => {
    if (!value) return
    if (value === 'now') return onChange({ ...none })
    if (value === 'day') return onChange({ ...none, from: since(24) })
    if (value === 'week') return onChange({ ...none, from: since(7 * 24) })
    if (value === 'window') return setAsking(true)
    const [, day, ...id] = value.split(' ')
    onChange({ ...none, day, shift: id.join(' ') })
  }
  return (
    <Popover opened={asking} onDismiss={() => setAsking(false)} position="bottom-start" trapFocus withinPortal={false}>
      <Popover.Target>
        <Select
          label={t('oee.scope.window')}
          data={data}
          value={chosen}
          onChange={pick}
          allowDeselect={false}
          className={classes.window}
        />
      </Popover.Target>
      <Popover.Dropdown>
        {asking && (
          <OtherWindow
            search={search}
            report={report}
            onChange={(from, until) => {
              setAsking(false)
              onChange({ ...none, from, until })
            }}
          />
        )}
      </Popover.Dropdown>
    </Popover>
  )
}

function OtherWindow({
  search,
  report,
  onChange,
}: {
  search: OeeSearch
  report?: Report
  onChange: (from: string, until?: string) => void
}) {
  const t = useT()
  const zone = useZone()
  const start = search.from ?? report?.from ?? new Date(plantNow() - 86_400_000).toISOString()
  const [from, setFrom] = useState(toFieldValue(zone, new Date(start)))
  const [until, setUntil] = useState(search.until ? toFieldValue(zone, new Date(search.until)) : '')
  return (
    <form
      className={classes.ask}
      onSubmit={(event) => {
        event.preventDefault()
        onChange(
          fromFieldValue(zone, from).toISOString(),
          until ? fromFieldValue(zone, until).toISOString() : undefined,
        )
      }}
    >
      <MomentField label={t('oee.window.begin')} value={from} onChange={setFrom} data-autofocus />
      <MomentField
        label={t('oee.window.end')}
        description={t('oee.window.end_help')}
        value={until}
        onChange={setUntil}
      />
      <Button type="submit" variant="filled" disabled={!from || (until !== '' && until <= from)}>
        {t('oee.window.show')}
      </Button>
    </form>
  )
}
