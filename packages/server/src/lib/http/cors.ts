import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ANSWER_HEADERS, REQUEST_HEADERS } from './header-names.ts'

const GUARDED = /^\/(api|epcis)([/?]|$)/

/** Under /api and /epcis, judged by the route that was found: an address may be written with percent signs. */
export function isGuarded(request: FastifyRequest): boolean {
  return GUARDED.test(request.routeOptions.url ?? request.url)
}

const ALLOWED = REQUEST_HEADERS.join(', ')
const EXPOSED = ANSWER_HEADERS.join(', ')

/** Public codes and linksets may be read from any page; the API only from origins that the settings name. */
export function cors(app: FastifyInstance, origins: readonly string[]): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers
    const guarded = isGuarded(request)
    if (!guarded) {
      // said to everybody: a cache may hand the answer to a page (GS1-Conformant Resolver, statement on CORS)
      reply.header('access-control-allow-origin', '*')
      reply.header('access-control-allow-methods', 'GET, HEAD, OPTIONS')
    }
    if (!origin) return done()
    if (guarded) {
      if (!origins.includes(origin)) return done()
      reply.header('access-control-allow-origin', origin)
    }
    reply.header('access-control-expose-headers', EXPOSED)
    if (request.method !== 'OPTIONS' || !request.headers['access-control-request-method']) return done()
    reply
      .header('access-control-allow-methods', guarded ? 'GET, HEAD, POST, DELETE, OPTIONS' : 'GET, HEAD, OPTIONS')
      .header('access-control-allow-headers', ALLOWED)
      .header('access-control-max-age', '600')
      .status(204)
      .send()
  })
  // Last of all: handlers say by which other headers their answers vary.
  app.addHook('onSend', (request, reply, _payload, done) => {
    if (origins.length && isGuarded(request)) {
      const vary = reply.getHeader('vary')
      reply.header('vary', vary === undefined ? 'Origin' : `${vary}, Origin`)
    }
    done()
  })
}
