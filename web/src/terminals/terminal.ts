import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api/http'

export type RegisteredTerminal = Schemas['Terminal']

/** What this browser is to the server: its cookie says so, which scripts can't read. */
export const thisTerminalQuery = queryOptions({
  queryKey: ['terminal'],
  queryFn: () => answer(api.GET('/api/v1/terminal')),
  staleTime: 60_000,
})

export const terminalsQuery = queryOptions({
  queryKey: ['terminals'],
  queryFn: () => answer(api.GET('/api/v1/terminals')).then((page) => page.items ?? []),
})

export const terminalPath = (id: string) => `/terminals/${encodeURIComponent(id)}`

export const stateOf = (terminal: RegisteredTerminal) => (terminal.revoked_at ? 'revoked' : 'in_use')
