import createClient from 'openapi-fetch'
import { quietHeader } from '../session/touch'
import { PendingError, ProblemError, readProblem, UnreachedError } from './problem'
import type { components, paths } from './schema'

/** The server's types, generated from its own description. */
export type Schemas = components['schemas']

const base = '/api/v1'

/** How long one request may take. Commands are answered within 5 s or with 202; lists much sooner. */
const patience = 20_000

type Query = Record<string, string | number | boolean | undefined>

/** Builds the address of a resource under /api/v1; empty filters are left out. */
export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '' && value !== false) search.set(name, String(value))
  const text = search.toString()
  return `${base}${path}${text ? `?${text}` : ''}`
}

/** Hears of every answer that says "nobody is signed in". */
let onSignedOut: () => void = () => undefined
export const whenSignedOut = (listener: () => void) => void (onSignedOut = listener)

async function request(url: string | Request, init: RequestInit = {}): Promise<Response> {
  let response: Response
  const headers = new Headers(url instanceof Request ? url.headers : init.headers)
  for (const [name, value] of Object.entries(quietHeader())) headers.set(name, value)
  try {
    response = await fetch(url, { credentials: 'same-origin', signal: AbortSignal.timeout(patience), ...init, headers })
  } catch {
    throw new UnreachedError()
  }
  if (response.status === 401) onSignedOut()
  return response
}

async function bodyOf(response: Response): Promise<unknown> {
  const type = response.headers.get('content-type') ?? ''
  if (response.status === 204) return undefined
  if (!type.includes('json')) return response.text()
  return response.json().catch(() => undefined)
}

async function answerOf<T>(response: Response): Promise<T> {
  const body = await bodyOf(response)
  if (!response.ok) throw new ProblemError(readProblem(response.status, body))
  return body as T
}

/** The typed way to everything that the server describes. */
export const api = createClient<paths>({
  baseUrl: '',
  headers: { accept: 'application/json' },
  fetch: (input: Request) => request(input),
  // Several states are one word with commas, as the server reads them.
  querySerializer: { array: { style: 'form', explode: false } },
})

interface Outcome<T> {
  data?: T
  error?: unknown
  response: Response
}

/** Unwraps an answer. Throws ProblemError when the server refuses, UnreachedError when it does not answer. */
export async function answer<T>(outcome: Promise<Outcome<T>>): Promise<Exclude<T, string>> {
  const { data, error, response } = await outcome
  if (!response.ok) throw new ProblemError(readProblem(response.status, error))
  // Lists have a form as text as well; what is asked for here is always JSON.
  return data as Exclude<T, string>
}

/** How many rows a list has with a filter: for the counts on tabs, whatever the list is of. */
export async function countOf(path: string, query: Query): Promise<number> {
  const response = await request(address(path, { ...query, limit: 1 }), { headers: { accept: 'application/json' } })
  return (await answerOf<{ total: number }>(response)).total
}

/**
 * Sends a command under its Idempotency-Key: the same key again gets the first answer again. Throws PendingError when the
 * server took it and has no answer yet.
 */
export async function send<T>(path: string, body: unknown, key: string = crypto.randomUUID(), method = 'POST') {
  const isText = typeof body === 'string'
  const isFile = body instanceof Blob
  const init = {
    method,
    headers: {
      accept: 'application/json',
      'content-type': isFile ? body.type : isText ? 'text/csv' : 'application/json',
      'idempotency-key': key,
    },
    body: isText || isFile ? body : JSON.stringify(body ?? {}),
  }
  const response = await request(address(path), init)
  if (response.status === 202) {
    const pending = (await bodyOf(response)) as Partial<Schemas['Pending']> | undefined
    throw new PendingError(pending?.what ?? '', pending?.do ?? '')
  }
  return answerOf<T>(response)
}
