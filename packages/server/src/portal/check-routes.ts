import { getLogBundle, type SuiteId } from '@yuanliu/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Actor, demand, mount } from '../lib/http/mount.ts'
import type { Answer } from './answer.ts'
import type { Ask } from './ask.ts'
import type { Portal } from './portal.ts'

/** What the check of records needs of the routes around it. */
export interface CheckRouting {
  limit(request: FastifyRequest): void
  askOf(request: FastifyRequest): Ask
  /** path as received, without a trailing slash */
  pathOf(url: string): string
  send(reply: import('fastify').FastifyReply, answer: Answer): unknown
  authenticate(authorization: string | undefined): Promise<Actor>
}

/** The page on which records are checked, and the proofs as a file. */
export function checkRoutes(app: FastifyInstance, portal: Portal, routing: CheckRouting): void {
  const { limit, askOf, pathOf, send, authenticate } = routing

  app.get('/check/*', async (request, reply) => {
    limit(request)
    const rest = (request.params as { '*': string })['*']
    // As under /t/ and under the keys of GS1: a code by itself, or the path of a Digital Link as it was received.
    const link = pathOf(request.raw.url ?? '/').slice('/check'.length)
    const text = rest.startsWith('t/') ? rest.slice(2) : link
    return send(reply, await portal.check.page(askOf(request), text))
  })

  mount(app, getLogBundle, async ({ query, request, reply }) => {
    const { authorization } = request.headers
    let reader: Actor | null = null
    if (authorization === undefined) limit(request)
    else {
      reader = await authenticate(authorization)
      demand(reader, 'read')
    }
    reply.header('cache-control', 'no-store')
    const { code, suite } = query as { code: string; suite?: SuiteId }
    return portal.check.bundle(code.trim(), suite, reader)
  })
}
