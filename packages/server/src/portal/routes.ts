import { Problem, PublicTraceSchema } from '@yuanliu/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { localeOf } from '../lib/http/problem.ts'
import { primaryPaths } from '../resolve/resolve.ts'
import type { Answer } from './answer.ts'
import type { Ask } from './ask.ts'
import { ASSETS, CURVES } from './assets.ts'
import { type CheckRouting, checkRoutes } from './check-routes.ts'
import type { Portal } from './portal.ts'

/** Public pages, their scripts, and the look-up of codes: all without a key. */
export function portalRoutes(
  app: FastifyInstance,
  portal: Portal,
  codes: Parameters<typeof primaryPaths>[0],
  authenticate: CheckRouting['authenticate'],
): void {
  checkRoutes(app, portal, { limit: request => limit(portal, request), askOf, pathOf, send, authenticate })

  /** Answers at once what is at hand; else `make` does it. */
  const answers = (make: (ask: Ask, request: FastifyRequest) => Promise<Answer> | Answer) =>
    function handler(request: FastifyRequest, reply: FastifyReply) {
      limit(portal, request)
      const ask = askOf(request)
      const known = portal.atOnce(ask)
      if (known) return void send(reply, known)
      const asked = portal.afterAsking(ask)
      if (!asked) return Promise.resolve(make(ask, request)).then(answer => send(reply, answer))
      return asked.then(async answer => send(reply, answer ?? (await make(ask, request))))
    }

  app.get(
    '/',
    answers(ask => portal.home(ask)),
  )
  app.get<{ Querystring: { code?: string } }>('/t', (request, reply) => {
    limit(portal, request)
    const { code } = request.query
    const text = (Array.isArray(code) ? String(code[0]) : code)?.trim() ?? ''
    return reply.header('cache-control', 'no-cache').redirect(portal.pathFor(askOf(request), text), 303)
  })
  app.get(
    '/t/*',
    answers((ask, request) => portal.unit(ask, (request.params as { '*': string })['*'])),
  )
  for (const first of primaryPaths(codes)) {
    app.get(
      `/${first}/*`,
      answers(ask => {
        const path = pathOf(ask.url)
        return (isCompressed(path) && portal.compressed(ask, linkOf(path))) || portal.unit(ask, path)
      }),
    )
    resolverMethods(app, `/${first}/*`)
  }
  resolverMethods(app, '/t/*')
  // A whole link compressed to one segment.
  for (const slash of ['', '/']) {
    app.get(
      `/:compressed(^[A-Za-z0-9_-]{10,2048}$)${slash}`,
      answers(ask => {
        const path = pathOf(ask.url)
        const answer = portal.compressed(ask, linkOf(path))
        if (!answer) throw new Problem('not-found', { detail: `GET ${path.slice(0, 200)}` })
        return answer
      }),
    )
  }
  app.get<{ Params: { kind: string } }>(
    '/problems/:kind',
    answers((ask, request) => portal.problem(ask, (request.params as { kind: string }).kind)),
  )
  app.get('/api/schemas/public-trace.json', { config: { permission: null } }, (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=3600')
      .type('application/schema+json; charset=utf-8')
      .send(JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...PublicTraceSchema })),
  )
  for (const asset of [...Object.values(ASSETS), CURVES]) {
    if (!asset) continue
    app.get(asset.path, (_request, reply) => {
      reply
        .header('content-type', 'text/javascript; charset=utf-8')
        .header('cache-control', 'public, max-age=31536000, immutable')
        .send(asset.body)
    })
  }
}

/** For lib/http/server.ts: a page where somebody with a browser met an error on a public address. */
export function portalErrorPage(portal: Portal) {
  return (request: FastifyRequest, reply: FastifyReply, problem: Problem): boolean => {
    if (/^\/(api|epcis|health|metrics)([/?]|$)/.test(request.url)) return false
    if (request.method !== 'GET' && request.method !== 'HEAD') return false
    const page = portal.error(askOf(request), problem.kind, String(request.id))
    if (!page) return false
    const { retryAfter } = problem.details
    if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
    void page.then(answer => send(reply.header('cache-control', 'no-store'), answer))
    return true
  }
}

/** Methods beside GET and HEAD: OPTIONS says which there are, the others are refused (conformance statement 1). */
function resolverMethods(app: FastifyInstance, url: string): void {
  const allow = 'GET, HEAD, OPTIONS'
  app.route({ method: 'OPTIONS', url, handler: (_request, reply) => reply.status(204).header('allow', allow).send() })
  app.route({
    method: ['POST', 'PUT', 'PATCH', 'DELETE'],
    url,
    handler: (request, reply) => {
      reply.header('allow', allow)
      throw new Problem('method-not-allowed', { detail: `${request.method}: ${allow}` })
    },
  })
}

/** A link whose path does not come in pairs ends in a compressed part (GS1 Digital Link: Compression). */
const isCompressed = (path: string) => path.split('/').length % 2 === 0

/** A path as a link: on which domain it stands says nothing about the code. */
const linkOf = (path: string) => `https://id.gs1.org${path}`

function limit(portal: Portal, request: FastifyRequest): void {
  const seconds = portal.rate.over(request.ip)
  if (seconds > 0) throw new Problem('too-many-requests', { retryAfter: seconds })
}

function askOf(request: FastifyRequest): Ask {
  const { headers } = request
  return {
    url: request.raw.url ?? '/',
    accept: headers.accept,
    language: headers['accept-language'],
    get locale() {
      return localeOf(request)
    },
    encoding: headers['accept-encoding'] as string | undefined,
    ifNoneMatch: headers['if-none-match'],
  }
}

/** Path as received, without the trailing slash that some scanners add. */
function pathOf(url: string): string {
  const end = url.indexOf('?')
  const path = end < 0 ? url : url.slice(0, end)
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  reply.code(answer.status)
  for (const name in answer.headers) reply.header(name, answer.headers[name])
  return answer.body === null ? reply.send() : reply.send(answer.body)
}
