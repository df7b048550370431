import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'

/** Everything that a terminal shows of one lot at its station. */
export type Job = Schemas['Job']
export type Progress = Schemas['Progress']

/** The record of the current attempt at the current step, as signatures name it. */
export const recordOf = ({ card, operation, progress }: Job) =>
  [card.lot, operation.id, progress.visit, progress.step, Math.max(progress.attempt ?? 1, 1)].join('/')

/** The job at a station; null when it has nothing to do. */
export const jobQuery = (station: string, lot: string | undefined) =>
  queryOptions({
    queryKey: ['stations', station, 'job', lot ?? ''],
    queryFn: () =>
      answer(api.GET('/api/v1/stations/{station}/job', { params: { path: { station }, query: { lot } } })).then(
        (found) => found.job ?? null,
      ),
    refetchInterval: 5_000,
    placeholderData: (old) => old,
  })

/** The containment that holds the job's lot, where it is one and not a plain hold. */
export const containmentOf = (job: Job) => (job.holds ?? []).find((hold) => hold.containment)?.containment
