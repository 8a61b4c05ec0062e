import * as api from '@yuanliu/core'
import { Problem } from '@yuanliu/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { mount } from '../lib/http/mount.ts'
import type { Resolve } from './resolve.ts'

/** Reading and resolving codes, which need no key; managing links, aliases and platforms, which does. */
export function resolveRoutes(app: FastifyInstance, resolve: Resolve, rate: { over(address: string): number }): void {
  function limit(request: FastifyRequest) {
    const seconds = rate.over(request.ip)
    if (seconds > 0) throw new Problem('too-many-requests', { retryAfter: seconds })
  }
  app.get('/.well-known/gs1resolver', async (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=3600')
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(resolve.description())),
  )
  mount(app, api.parseCode, async ({ query, request }) => {
    limit(request)
    return resolve.parse(query.text)
  })
  mount(app, api.resolveCode, async ({ query, request, reply }) => {
    limit(request)
    reply.header('cache-control', 'no-cache')
    return resolve.resolve(query.code)
  })
  mount(app, api.createLink, async ({ actor, body, reply }) => {
    reply.status(201)
    return resolve.createLink(actor, body)
  })
  mount(app, api.listLinks, ({ actor, query }) => resolve.links(actor, query.code, query.after))
  mount(app, api.deleteLink, ({ actor, params }) => resolve.deleteLink(actor, params.id))
  mount(app, api.createAlias, async ({ actor, body, reply }) => {
    reply.status(201)
    return resolve.createAlias(actor, body)
  })
  mount(app, api.listAliases, ({ actor, query }) => resolve.aliases(actor, query.code, query.after))
  mount(app, api.deleteAlias, ({ actor, params }) => resolve.deleteAlias(actor, params.id))
  mount(app, api.createPlatform, async ({ actor, body, reply }) => {
    reply.status(201)
    return resolve.createPlatform(actor, body)
  })
  mount(app, api.listPlatforms, async () => ({ platforms: await resolve.platforms() }))
  mount(app, api.deletePlatform, ({ params }) => resolve.deletePlatform(params.id))
}
