import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'

export type Model = Schemas['ModelVersion']
export type Run = Schemas['ModelRun']

export const modelsQuery = queryOptions({
  queryKey: ['models', 'list'],
  queryFn: () => answer(api.GET('/api/v1/models')).then((page) => page.items ?? []),
})

export const titleOf = (model: { name: string; version: string }) =>
  model.version ? `${model.name}/${model.version}` : model.name

export const states = ['candidate', 'in_use', 'retired'] as const
export const places = ['edge', 'on_premises', 'cloud'] as const
