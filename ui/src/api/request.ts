import { problemWords, ruleWords } from '../words/server'
import { shared } from '../words/shared'
import type { Code, FieldError, Problem } from './bodies'
import { takeEarly, type Came } from './early'

/** The server answered, and its answer is a refusal. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
    readonly retryAfterMs: number | undefined,
  ) {
    super()
  }

  /** Asked for as it is drawn, so that it is in the page's language. */
  override get message(): string {
    return problemWords(this.kind, this.problem.title, this.problem.detail)
  }

  /** The last part of the problem's type: `sold_out`, `paused`. */
  get kind(): Code | '' {
    return (this.problem.type.split('/').pop() ?? '') as Code
  }
}

/** No answer came, so nobody here knows whether the request was carried out. */
export class Unreachable extends Error {
  override get message(): string {
    return shared().unreachable
  }
}

export type Answer<T> = {
  status: number
  body: T
  headers: Headers
  /** By the page's clock: when it was asked for, and when it began to come. */
  times?: { sent: number; received: number }
}

const timeoutMs = 15_000

type Init = RequestInit & { json?: unknown }

export async function request<T>(path: string, init?: Init): Promise<Answer<T>> {
  const asked = (init ? undefined : takeEarly(path)) ?? { sent: performance.now(), came: ask(path, init) }
  const { response, received, text } = (await asked.came) ?? (await ask(path, init))
  if (!response.ok) throw refusal(response, text)
  return { status: response.status, body: parse(text) as T, headers: response.headers, times: { sent: asked.sent, received } }
}

async function ask(path: string, { json, ...rest }: Init = {}): Promise<Came> {
  const headers = new Headers(rest.headers)
  if (json !== undefined) headers.set('Content-Type', 'application/json')
  try {
    const response = await fetch(path, {
      ...rest,
      headers,
      signal: rest.signal ?? AbortSignal.timeout(timeoutMs),
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    })
    return { response, received: performance.now(), text: await response.text() }
  } catch {
    throw new Unreachable()
  }
}

// A proxy in front may answer with a page of its own, which says no more than its status does.
function refusal(response: Response, text: string): Error {
  const problem = parse(text) as Problem | undefined
  if (problem?.type === undefined && response.status >= 502) return new Unreachable()
  return new Refused(
    response.status,
    problem?.type === undefined
      ? { type: '', title: shared().answered(response.status), status: response.status }
      : problem,
    retryAfter(response.headers),
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function retryAfter(headers: Headers): number | undefined {
  const seconds = Number(headers.get('Retry-After'))
  return seconds > 0 ? seconds * 1000 : undefined
}

/** The server's rule for one field, however deep it says that the field lies. */
export function ruleFor(errors: FieldError[], field: string): string | undefined {
  const broken = errors.find((error) => error.field.split('.').pop() === field)
  return broken && ruleWords(broken)
}

export function fieldErrors(error: unknown): FieldError[] {
  return error instanceof Refused ? (error.problem.errors ?? []) : []
}
