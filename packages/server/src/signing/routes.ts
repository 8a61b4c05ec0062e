import * as api from '@yuanliu/core'
import type { FastifyInstance } from 'fastify'
import { mount } from '../lib/http/mount.ts'
import type { Signing } from './signing.ts'

/** Public keys of subjects, and signatures of events captured before. */
export function signingRoutes(app: FastifyInstance, signing: Signing): void {
  const { keys } = signing
  mount(app, api.registerSigningKey, async ({ params, body, actor, reply }) => {
    reply.status(201)
    return keys.register(params.organisation, body, actor)
  })
  mount(app, api.listSigningKeys, async ({ params }) => ({ keys: await keys.list(params.organisation) }))
  mount(app, api.revokeSigningKey, ({ params, actor }) => keys.revoke(params.organisation, params.id, actor))
  mount(app, api.signEvent, async ({ params, body, actor, reply }) => {
    const { signature, isNew } = await signing.add(params.id, body.signature, actor)
    reply.status(isNew ? 201 : 200)
    return signature
  })
  mount(app, api.listEventSignatures, async ({ params, actor }) => ({
    signatures: await signing.of(params.id, actor),
  }))
}
