import { randomUUID } from 'node:crypto'
import { Mismatch } from './case.ts'
import { brief, type Exchange, jsonOf, memberOf } from './exchange.ts'
import { expectHeader, expectStatus } from './expect.ts'
import { type Listener, openListener } from './listener.ts'
import { documentOf } from './sample.ts'
import { captureWorld, type World } from './world.ts'

export interface Sending {
  headers?: Readonly<Record<string, string>>
  /** JSON, or a text as it is */
  body?: unknown
  /** without the key */
  anonymous?: boolean
}

/** What a case has in its hands. */
export interface Tester {
  /** address of the server's EPCIS root, without a slash at its end */
  base: string
  hasKey: boolean
  /** where the server can reach the tester with webhooks; null: nowhere */
  callback: string | null
  /** a request below the root; redirects are not followed */
  send(method: string, path: string, sending?: Sending): Promise<Exchange>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Exchange>
  /** asks for a WebSocket; without a listener the server answered something else than 101 */
  listen(path: string, sending?: Pick<Sending, 'anonymous'>): Promise<{ exchange: Exchange; listener: Listener | null }>
  /** `OPTIONS` of a path, asked once */
  announced(path: string): Promise<Exchange>
  /** captures events and waits for the job. @returns the finished job */
  capture(events: readonly unknown[], header?: unknown): Promise<Exchange>
  /** the capture job that an answer's Location names, when it runs no more */
  job(answer: Exchange): Promise<Exchange>
  /** the events that most queries are about, captured when they are first asked for */
  world(): Promise<World>
}

export interface TesterOptions {
  url: string
  /** a Bearer token, or the whole value of `Authorization` where it has a space */
  key: string | null
  callback: string | null
  fetch: typeof fetch
  /** milliseconds that a request and a capture job may take */
  patience?: number
}

const PATIENCE = 30_000
/** Requests that are answered 503 are sent so many times. */
const TRIES = 5

/** A tester of one server. */
export function createTester({ url, key, callback, fetch, patience = PATIENCE }: TesterOptions): Tester {
  const base = url.replace(/\/+$/, '')
  const authorization = key === null || key.includes(' ') ? key : `Bearer ${key}`
  const known = new Map<string, Promise<Exchange>>()
  let world: Promise<World> | undefined

  async function send(method: string, path: string, { headers = {}, body, anonymous }: Sending = {}) {
    const requestBody = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)
    const own = requestBody === null ? {} : { 'content-type': 'application/json' }
    const requestHeaders: Record<string, string> = { accept: 'application/json', ...own, ...lowered(headers) }
    const sent = { ...requestHeaders, ...(authorization !== null && !anonymous && { authorization }) }
    for (let tries = 1; ; tries++) {
      const response = await fetch(base + path, {
        method,
        headers: sent,
        redirect: 'manual',
        signal: AbortSignal.timeout(patience),
        ...(requestBody !== null && { body: requestBody }),
      })
      const { status } = response
      const text = await response.text()
      if (status !== 503 || tries === TRIES)
        return { method, url: base + path, requestHeaders, requestBody, status, headers: response.headers, text }
      // Busy or starting: that says nothing of the standard.
      const seconds = Number(response.headers.get('retry-after') ?? 1) || 1
      await new Promise(resolve => setTimeout(resolve, Math.min(seconds, 5) * 1000))
    }
  }

  const tester: Tester = {
    base,
    hasKey: authorization !== null,
    callback,
    send,
    get: (path, headers = {}) => send('GET', path, { headers }),
    async listen(path, { anonymous } = {}) {
      const requestHeaders = { connection: 'Upgrade', upgrade: 'websocket' }
      const own = authorization !== null && !anonymous ? { authorization } : {}
      const answer = await openListener(base + path, own, patience)
      const asked = { method: 'GET', url: base + path, requestHeaders, requestBody: null }
      if ('status' in answer) return { exchange: { ...asked, ...answer }, listener: null }
      return { exchange: { ...asked, status: 101, headers: new Headers(), text: '' }, listener: answer }
    },
    announced(path) {
      const asked = known.get(path) ?? send('OPTIONS', path)
      known.set(path, asked)
      return asked
    },
    async capture(events, header) {
      const body = documentOf(events, header)
      const answer = await send('POST', '/capture', { body })
      expectStatus(answer, 202)
      const job = await tester.job(answer)
      const success = memberOf(jsonOf(job), 'success')
      if (success !== true) throw new Mismatch('capture job: success = true', brief(job.text), answer)
      return job
    },
    async job(answer) {
      const path = pathOf(expectHeader(answer, 'Location', /\/capture\/[^/]+$/), 'capture')
      const until = Date.now() + patience
      for (let pause = 20; ; pause = Math.min(pause * 2, 500)) {
        const job = expectStatus(await send('GET', path), 200)
        const running = memberOf(jsonOf(job), 'running')
        if (running === false) return job
        if (running !== true || Date.now() > until) throw new Mismatch('/running: false', brief(job.text), job)
        await new Promise(resolve => setTimeout(resolve, pause))
      }
    },
    world() {
      world ??= captureWorld(tester)
      return world
    },
  }
  return tester
}

/**
 * The part of a Location below the root, from the name of the resource on: behind a proxy the server may know itself
 * under another address than the tester does.
 */
export function pathOf(location: string, resource: string): string {
  const at = location.lastIndexOf(`/${resource}/`)
  return at < 0 ? location : location.slice(at)
}

/** A name that nobody else uses. */
export function ownName(): string {
  return `conformance-${randomUUID()}`
}

function lowered(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
