import type { Server } from 'node:http'
import { type Permission, Problem } from '@yuanliu/core'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import type { Config } from '../config.ts'
import { DatabaseUnavailable } from '../db/unavailable.ts'
import type { Metrics } from '../metrics.ts'
import { allowedMethods } from './allowed.ts'
import { cors, isGuarded } from './cors.ts'
import { withWholeIdentifier } from './decoded-path.ts'
import { lateChild } from './late-child.ts'
import { LIMITS } from './limits.ts'
import { type Actor, demand } from './mount.ts'
import { asProblem, sendProblem } from './problem.ts'
import { handOver, type SandboxGate } from './sandbox-gate.ts'
import { validatorOf } from './validators.ts'

/** A route as it was mounted; `permission` as in FastifyContextConfig. */
export interface Mounted {
  method: string
  url: string
  permission: Permission | readonly Permission[] | null | undefined
}

declare module 'fastify' {
  interface FastifyInstance {
    /** every route, for whoever wants to look at all of them */
    mounted: readonly Mounted[]
  }
}

export interface HttpParts {
  config: Config
  metrics: Metrics
  authenticate: (authorization: string | undefined) => Promise<Actor>
  /** pages for people who meet an error on a public address; false: the problem document is answered */
  errorPage: (request: FastifyRequest, reply: FastifyReply, problem: Problem) => boolean
  /** where requests with a key of a sandbox go; null: there are none */
  sandboxes: SandboxGate | null
  /** null while requests may be answered, else why not */
  notReady: () => string | null
}

/** Longest header block that Node reads; a request line beyond LIMITS.requestLine is answered 414 before that. */
export const HEADER_BYTES = 256 * 1024

/**
 * Fastify on a server that listens already, with what holds for all routes: keys, problems, limits, safety headers.
 * The server is made before the database is open, so that /health can answer from the first moment (start.ts).
 */
export function createHttp(server: Server, parts: HttpParts): FastifyInstance {
  const { config, metrics } = parts
  const app = Fastify({
    logger: { level: config.logLevel, redact: ['req.headers.authorization', 'req.headers.cookie'] },
    childLoggerFactory: (logger, bindings, options) => lateChild(logger, bindings, options),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trusted(config.trustProxy),
    serverFactory: handler => {
      server.removeAllListeners('request')
      server.on('request', handler)
      return server
    },
    rewriteUrl: ({ url = '/' }) => withWholeIdentifier(url),
    routerOptions: { maxParamLength: LIMITS.requestLine },
    genReqId: () => crypto.randomUUID(),
    requestIdHeader: false,
    return503OnClosing: true,
    frameworkErrors: (error, request, reply) => {
      const problem = asProblem(error)
      if (!parts.errorPage(request, reply, problem)) void sendProblem(request, reply, problem, config.publicUrl)
    },
    clientErrorHandler(error, socket) {
      if (!socket.writable || (error as NodeJS.ErrnoException).code === 'ECONNRESET') return socket.destroy()
      const tooLong = (error as NodeJS.ErrnoException).code === 'HPE_HEADER_OVERFLOW'
      const timeout = (error as NodeJS.ErrnoException).code === 'ERR_HTTP_REQUEST_TIMEOUT'
      const [status, reason] = tooLong
        ? [414, 'URI Too Long']
        : timeout
          ? [408, 'Request Timeout']
          : [400, 'Bad Request']
      const body = JSON.stringify({
        type: `${config.publicUrl}/problems/${tooLong ? 'url-too-long' : 'invalid-input'}`,
        title: reason,
        status,
      })
      socket.end(
        `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      )
      // A peer that never closes its side would keep the connection for ever.
      setTimeout(() => socket.destroy(), 2_000).unref()
    },
  })
  app.setValidatorCompiler(validatorOf)
  // Bodies are read where they are wanted, as streams, with their own limits and strictness.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.decorateRequest('actor', null)
  const mounted: Mounted[] = []
  app.decorate('mounted', mounted)
  app.addHook('onRoute', ({ method, url, config: { permission } = {} }) => {
    for (const m of [method].flat()) mounted.push({ method: m, url, permission })
  })

  // Before keys are asked for: a browser's preflight request bears none.
  cors(app, config.corsOrigins)
  // With callbacks: a promise for each hook costs more than a page that is at hand.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff')
    reply.header('referrer-policy', 'no-referrer')
    const fault = addressFault(request) ?? notReady(request)
    if (fault) return done(fault)
    const { permission } = request.routeOptions.config
    const { sandboxes } = parts
    if (sandboxes?.asks(request.headers.authorization) && isGuarded(request)) {
      ofSandbox(sandboxes, request, reply).then(here => here && done(), done)
      return
    }
    if (permission === null || (permission === undefined && !isGuarded(request))) return done()
    admit(request, permission).then(() => done(), done)
  })
  // While stopping, a connection that has had its answer is not kept for another request.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (parts.notReady()) reply.header('connection', 'close')
    done()
  })

  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    const labels = labelsOf(route, reply.statusCode)
    metrics.count('yuanliu_http_requests_total', labels.answer)
    metrics.observe('yuanliu_http_request_seconds', reply.elapsedTime / 1000, labels.group)
    // 503 says that the caller may come again: starting, stopping, busy, or a database that is away.
    if (reply.statusCode >= 500 && reply.statusCode !== 503)
      request.log.error({ path: pathOf(request), status: reply.statusCode }, 'answered')
    done()
  })

  function notReady(request: FastifyRequest): Problem | null {
    const why = parts.notReady()
    if (!why || /^\/(health|metrics)([/?]|$)/.test(request.raw.url ?? '')) return null
    return new Problem('not-ready', { detail: why, retryAfter: 2 })
  }

  async function admit(request: FastifyRequest, permission: Permission | readonly Permission[] | undefined) {
    request.actor = await parts.authenticate(request.headers.authorization)
    if (permission) demand(request.actor, permission)
  }

  /** False where the sandbox answers. */
  async function ofSandbox(sandboxes: SandboxGate, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const actor = await sandboxes.authenticate(request.headers.authorization)
    const { sandboxKeys, permission } = request.routeOptions.config
    if (!sandboxKeys) {
      await handOver(sandboxes, request, reply, actor)
      return false
    }
    request.actor = actor
    if (permission) demand(actor, permission)
    return true
  }

  function answer(request: FastifyRequest, reply: FastifyReply, problem: Problem) {
    if (problem.kind === 'internal') request.log.error({ err: problem.cause, path: pathOf(request) }, 'internal error')
    if (problem.cause instanceof DatabaseUnavailable) request.log.warn({ err: problem.cause }, 'database unavailable')
    // A body that was not read to its end would be taken for the next request.
    if (!request.raw.complete) reply.header('connection', 'close')
    if (!parts.errorPage(request, reply, problem)) sendProblem(request, reply, problem, config.publicUrl)
  }
  app.setErrorHandler((error, request, reply) => answer(request, reply, asProblem(error)))
  const allowed = allowedMethods(mounted)
  app.setNotFoundHandler((request, reply) => {
    const detail = `${request.method} ${request.url.slice(0, 200)}`
    const allow = allowed(request.url)
    if (!allow || allow.includes(request.method)) return answer(request, reply, new Problem('not-found', { detail }))
    reply.header('allow', allow.join(', '))
    answer(request, reply, new Problem('method-not-allowed', { detail: `${detail}; Allow: ${allow.join(', ')}` }))
  })
  return app
}

interface AnswerLabels {
  group: { group: string }
  answer: { group: string; status: string }
}
const labels = new Map<string, AnswerLabels>()

/** The same objects every time: few routes, few statuses, and it is asked for every request. */
function labelsOf(route: string, status: number): AnswerLabels {
  const key = `${status} ${route}`
  let found = labels.get(key)
  if (!found) {
    const group = /^\/(api|epcis)\b/.exec(route)?.[0] ?? (route === 'none' ? 'none' : 'public')
    found = { group: { group }, answer: { group, status: `${Math.floor(status / 100)}xx` } }
    labels.set(key, found)
  }
  return found
}

/** A number of hops as the function that Fastify wants. */
function trusted(setting: Config['trustProxy']): boolean | string | ((address: string, hop: number) => boolean) {
  return typeof setting === 'number' ? (_address, hop) => hop < setting : setting
}

/** Path without the query: what people put into a query has no business in a log. */
function pathOf(request: FastifyRequest): string {
  return (request.url.split('?')[0] ?? '').slice(0, 1_000)
}

/** 414 for a request line beyond the limit, 400 for an address that is not percent-encoded UTF-8 without U+0000. */
function addressFault(request: FastifyRequest): Problem | null {
  const address = request.raw.url ?? ''
  const line = request.method.length + address.length + ' '.length + ' HTTP/1.1'.length
  if (line > LIMITS.requestLine) {
    return new Problem('url-too-long', {
      detail: `The request line is longer than ${LIMITS.requestLine} bytes; use POST /api/events/search`,
    })
  }
  if (!address.includes('%')) return null
  try {
    if (!decodeURIComponent(address).includes('\0')) return null
  } catch {
    // said below
  }
  return new Problem('malformed-url', { detail: 'Percent signs must stand for UTF-8 bytes other than zero' })
}
