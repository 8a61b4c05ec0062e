import type { Endpoint, Input, Reply } from './api/endpoint.ts'
import { type ProblemDetails, type ProblemKind, problems } from './problem.ts'

export interface ClientOptions {
  /** the platform's address, e.g. `https://trace.example.org` */
  url: string
  /** access key; without one only what is public answers */
  key?: string
  /** in which language problems are explained; the platform's own choice if absent */
  language?: 'zh' | 'en'
  /** the network; the global `fetch` if absent */
  fetch?: typeof fetch
}

/** Members that a caller must give, and those that may be left out because every one of their fields may. */
type Given<I> = {
  [K in keyof I as unknown extends I[K] ? never : object extends I[K] ? never : K]: I[K]
} & { [K in keyof I as unknown extends I[K] ? never : object extends I[K] ? K : never]?: I[K] }
type Arguments<I> = object extends Given<I> ? [input?: Given<I>] : [input: Given<I>]

export interface Client {
  readonly url: string
  /**
   * Calls a declared operation and gives its answer.
   * @throws RemoteProblem where the platform refuses, Unreachable where it does not answer
   */
  call<E extends Endpoint>(endpoint: E, ...input: Arguments<Input<E>>): Promise<Reply<E>>
  /**
   * Any other request; `path` begins with a slash. The answer's status is 2xx.
   * @throws RemoteProblem where the platform refuses, Unreachable where it does not answer
   */
  request(path: string, init?: RequestInit): Promise<Response>
}

/** The platform answered that it will not: its problem document (RFC 9457), or the little that a bare answer says. */
export class RemoteProblem extends Error {
  readonly status: number
  /** entry of the catalogue; null where the answer is not of this platform's making */
  readonly kind: ProblemKind | null
  readonly title: string
  readonly details: ProblemDetails

  constructor(status: number, kind: ProblemKind | null, title: string, details: ProblemDetails) {
    super(details.detail ? `${title}: ${details.detail}` : title)
    this.name = 'RemoteProblem'
    this.status = status
    this.kind = kind
    this.title = title
    this.details = details
  }
}

/** Nothing answers at the address, or the connection broke. */
export class Unreachable extends Error {
  readonly url: string

  constructor(url: string, options: ErrorOptions) {
    super(`${url}: ${reasonOf(options.cause)}`, options)
    this.name = 'Unreachable'
    this.url = url
  }
}

/** A client of a platform, for the browser and for Node. */
export function createClient(options: ClientOptions): Client {
  const url = options.url.replace(/\/+$/, '')
  const send = options.fetch ?? fetch

  async function request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (options.key !== undefined) headers.set('authorization', `Bearer ${options.key}`)
    if (options.language && !headers.has('accept-language')) headers.set('accept-language', options.language)
    const response = await send(url + path, { ...init, headers }).catch(cause => {
      if (init.signal?.aborted) throw cause
      throw new Unreachable(url, { cause })
    })
    if (!response.ok) throw await problemOf(response)
    return response
  }

  return {
    url,
    request,
    async call<E extends Endpoint>(endpoint: E, ...[input = {}]: [input?: Partial<Parts>]) {
      const { body } = input
      const response = await request(pathOf(endpoint.path, input), {
        method: endpoint.method,
        ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
      return (await response.json()) as Reply<E>
    },
  }
}

interface Parts {
  params: unknown
  query: unknown
  body: unknown
}

function pathOf(template: string, { params, query }: Partial<Parts>): string {
  const places = (params ?? {}) as Record<string, unknown>
  const path = template.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(places[name])))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries((query ?? {}) as Record<string, unknown>)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) search.append(name, String(one))
  }
  return search.size ? `${path}?${search}` : path
}

async function problemOf(response: Response): Promise<RemoteProblem> {
  const { status } = response
  const text = await response.text().catch(() => '')
  const { type, title, ...members } = membersOf(text)
  const name = typeof title === 'string' ? title : response.statusText || String(status)
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new RemoteProblem(status, kindOf(status, type, title), name, {
    ...members,
    ...(Number.isFinite(seconds) && { retryAfter: seconds }),
  })
}

function membersOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Under /epcis the standard gives several problems one type; their titles still tell them apart. */
function kindOf(status: number, type: unknown, title: unknown): ProblemKind | null {
  for (const [kind, entry] of Object.entries(problems) as [ProblemKind, (typeof problems)[ProblemKind]][]) {
    if (typeof type === 'string' && type.endsWith(`/problems/${kind}`)) return kind
    if (entry.status === status && (entry.zh === title || entry.en === title)) return kind
  }
  return null
}

/** What stands behind "fetch failed", as far as anybody says. */
function reasonOf(cause: unknown): string {
  const inner = (cause as { cause?: { code?: unknown; message?: unknown } } | undefined)?.cause
  const words = inner?.code ?? inner?.message ?? (cause as { message?: unknown } | undefined)?.message
  return String(words ?? 'no answer')
}
