import { type Endpoint, type Input, type Permission, Problem, type ProblemKind, type Reply } from '@yuanliu/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { readJson } from './body.ts'

/** Who calls: an access key and the organisation it belongs to. */
export interface Actor {
  keyId: string
  organisation: number
  organisationCode: string
  permissions: ReadonlySet<Permission>
  /** capture takes what it can make sense of, and says so; else the schema decides */
  lenient: boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    /** null until authenticated, and on public routes */
    actor: Actor | null
  }
  interface FastifyContextConfig {
    /** permission the route needs, or any of several; null: public; absent under /api and /epcis: any valid key */
    permission?: Permission | readonly Permission[] | null
    /** keys of sandboxes are answered here, not in their sandbox */
    sandboxKeys?: boolean
  }
}

export interface Call<E> {
  params: Input<E>['params']
  query: Input<E>['query']
  body: Input<E>['body']
  /** present on every route that needs a permission */
  actor: Actor
  request: FastifyRequest
  reply: FastifyReply
}

const SMALL_BODY = 1024 * 1024

/** Throws 403 where the key has none of the permissions. */
export function demand(actor: Actor, permission: Permission | readonly Permission[]): void {
  const sufficient = [permission].flat()
  if (sufficient.some(one => actor.permissions.has(one))) return
  const named = sufficient.map(one => `"${one}"`).join(' or ')
  throw new Problem('permission-missing', { detail: `${named} is needed`, permission: sufficient[0] })
}

/** Registers an endpoint: permission, validation and body as declared; `handler` gets checked input. */
export function mount<E extends Endpoint>(
  app: FastifyInstance,
  e: E,
  handler: (call: Call<E>) => Promise<Reply<E> | FastifyReply | NodeJS.ReadableStream>,
  options: { bodyBytes?: number; tooLarge?: ProblemKind; sandboxKeys?: boolean } = {},
): void {
  app.route({
    method: e.method,
    url: e.path,
    config: { permission: e.permission, ...(options.sandboxKeys && { sandboxKeys: true }) },
    schema: {
      ...(e.params && { params: e.params }),
      ...(e.query && { querystring: e.query }),
      ...(e.body && { body: e.body }),
    },
    ...(e.body && {
      preValidation: async (request: FastifyRequest) => {
        request.body = (await readJson(request, options.bodyBytes ?? SMALL_BODY, options.tooLarge)).value
      },
    }),
    handler: async (request, reply) =>
      handler({
        params: request.params as Input<E>['params'],
        query: request.query as Input<E>['query'],
        body: request.body as Input<E>['body'],
        actor: request.actor as Actor,
        request,
        reply,
      }),
  })
}
