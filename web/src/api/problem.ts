/** RFC 9457 problem, with our own members: what was kept and what to do. */
export interface Problem {
  status: number
  /** Stable, for programs; shown last and small. */
  code?: string
  /** What happened. */
  title: string
  detail?: string
  /** What was kept. */
  kept?: string
  /** What to do. */
  action?: string
  /** The server's number of the request, for whoever reads its log. */
  request?: string
  /** Per field: location such as body.quantity. */
  errors?: { location?: string; message?: string; value?: unknown }[]
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** Reads a problem document; whatever else came becomes a problem too, never an exception. */
export function readProblem(status: number, body: unknown): Problem {
  const value = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const errors = Array.isArray(value.errors) ? (value.errors as Problem['errors']) : undefined
  return {
    status,
    code: text(value.code),
    title: text(value.what) ?? text(value.title) ?? '',
    detail: text(value.what) ? undefined : text(value.detail),
    kept: text(value.kept),
    action: text(value.do),
    request: text(value.request_id),
    errors,
  }
}

/** Thrown by queries, so that a screen can show what the server said. */
export class ProblemError extends Error {
  constructor(public readonly problem: Problem) {
    super(problem.detail ?? problem.title)
    this.name = 'ProblemError'
  }
}

/** The server did not answer at all. */
export class UnreachedError extends Error {
  constructor() {
    super('unreached')
    this.name = 'UnreachedError'
  }
}

/** The server took a command and has not finished it: the same key again gets its answer. */
export class PendingError extends Error {
  constructor(
    public readonly what: string,
    public readonly action: string,
  ) {
    super(what)
    this.name = 'PendingError'
  }
}
