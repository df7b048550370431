import { ProblemError, readProblem, UnreachedError } from './problem'

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

async function request(url: string, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, { credentials: 'same-origin', signal: AbortSignal.timeout(patience), ...init })
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

/** Reads a resource. Throws ProblemError when the server refuses, UnreachedError when it does not answer. */
export async function read<T>(path: string, query?: Query): Promise<T> {
  return answerOf<T>(await request(address(path, query), { headers: { accept: 'application/json' } }))
}

/** Sends a command under its Idempotency-Key: the same key again gets the first answer again. */
export async function send<T>(path: string, body: unknown, key: string = crypto.randomUUID(), method = 'POST') {
  const isText = typeof body === 'string'
  const init = {
    method,
    headers: {
      accept: 'application/json',
      'content-type': isText ? 'text/csv' : 'application/json',
      'idempotency-key': key,
    },
    body: isText ? body : JSON.stringify(body ?? {}),
  }
  return answerOf<T>(await request(address(path), init))
}
