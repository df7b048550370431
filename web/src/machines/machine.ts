import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'
import type { Language } from '../i18n/i18n'
import { readListSearch, type ListSearch } from '../list/page'

export type Machine = Schemas['MachineView']
export type Stretch = Schemas['StateStretch']
export type MachineLog = Schemas['MachineLog']
export type StopReason = Schemas['StopReason']
export type MachineState = Machine['state']

export const machinesPath = '/machines'

export const machinesQuery = queryOptions({
  queryKey: ['machines', 'list'],
  queryFn: () => answer(api.GET('/api/v1/machines')).then((page) => page.items ?? []),
})

export const machineQuery = (station: string) =>
  queryOptions({
    queryKey: ['machines', station, 'one'],
    queryFn: () => answer(api.GET('/api/v1/machines/{station}', { params: { path: { station } } })),
    retry: false,
  })

/** How far back a log is shown, in hours. */
export const spans = [8, 24, 168] as const

export const logQuery = (station: string, hours: number) =>
  queryOptions({
    queryKey: ['machines', station, 'log', hours],
    queryFn: () =>
      answer(
        api.GET('/api/v1/machines/{station}/log', {
          params: { path: { station }, query: { from: new Date(Date.now() - hours * 3_600_000).toISOString() } },
        }),
      ),
  })

export const reasonsQuery = queryOptions({
  queryKey: ['stop-reasons', 'list'],
  queryFn: () => answer(api.GET('/api/v1/stop-reasons')).then((page) => page.items ?? []),
  staleTime: 60_000,
})

export interface MachineSearch extends ListSearch {
  hours?: number
}

export function readMachineSearch(search: Record<string, unknown>): MachineSearch {
  const hours = Number(search.hours)
  return { ...readListSearch(search), ...(spans.some((span) => span === hours) ? { hours } : {}) }
}

/** The name of a reason in the language of the screen; a code that is gone stands for itself. */
export const reasonName = (reasons: StopReason[], code: string | undefined, language: Language): string => {
  const found = reasons.find((reason) => reason.code === code)
  return found?.names?.[language] ?? found?.names?.en ?? code ?? ''
}

const here = (reason: StopReason, station: string) => !reason.stations?.length || reason.stations.includes(station)

/** The groups that can be chosen at a station: those with a reason in them. */
export const groupsAt = (reasons: StopReason[], station: string): StopReason[] =>
  reasons.filter((g) => !g.parent && g.active && here(g, station) && reasonsIn(reasons, g.code, station).length > 0)

export const reasonsIn = (reasons: StopReason[], group: string, station: string): StopReason[] =>
  reasons.filter((reason) => reason.parent === group && reason.active && here(reason, station))

/** The reason that an alarm stands for at a station. */
export const proposed = (reasons: StopReason[], station: string, alarm: string | undefined): StopReason | undefined =>
  alarm
    ? groupsAt(reasons, station)
        .flatMap((group) => reasonsIn(reasons, group.code, station))
        .find((reason) => reason.alarms?.includes(alarm))
    : undefined

/** States that have a reason of their own. */
export const explains = (state: string) => ['unplanned_down', 'planned_down', 'setup'].includes(state)

export const lasted = (stretch: Pick<Stretch, 'from' | 'until'>, now: number) =>
  (stretch.until ? new Date(stretch.until).getTime() : now) - new Date(stretch.from).getTime()

/** A stop so short that nobody is asked about it. */
export const isMicro = (stretch: Stretch, threshold: number, now: number) =>
  ['unplanned_down', 'blocked', 'starved'].includes(stretch.state) && lasted(stretch, now) <= threshold * 1000
