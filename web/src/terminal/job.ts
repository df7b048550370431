import { queryOptions } from '@tanstack/react-query'
import { read } from '../api/http'
import type { Hold, LotState, Wait } from '../lots/lot'
import type { Device, Operation } from '../plant/plant'
import type { BuiltStep, Vision } from '../record/record'
import { stationPath, type LotCard } from '../stations/station'

export interface Progress {
  state: LotState
  operation: string
  visit: number
  /** Empty between operations and when all steps are done. */
  step?: string
  attempt?: number
  station?: string
  operator?: string
  wait: Wait
  quantity: string
  scrapped: string
}

/** Everything that a terminal shows of one lot at its station. */
export interface Job {
  card: LotCard
  operation: Operation
  revision: string
  progress: Progress
  /** The records of this visit so far. */
  steps: BuiltStep[] | null
  devices: Device[] | null
  vision?: Vision
  next?: LotCard
  /** "76 of 120": which lot of its order this is. */
  position: number
  of: number
  holds: Hold[] | null
}

/** The job at a station; null when it has nothing to do. */
export const jobQuery = (station: string, lot: string | undefined) =>
  queryOptions({
    queryKey: ['stations', station, 'job', lot ?? ''],
    queryFn: () =>
      read<Job | { job?: Job | null } | undefined>(`${stationPath(station)}/job`, { lot }).then((body) => {
        if (!body) return null
        if ('card' in body) return body
        return body.job ?? null
      }),
    refetchInterval: 5_000,
    placeholderData: (old) => old,
  })

/** The last four digits are what people read aloud. */
export const shortLot = (lot: string) => /(\d{4})$/.exec(lot)?.[1] ?? lot
