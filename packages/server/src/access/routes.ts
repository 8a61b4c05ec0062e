import * as api from '@yuanliu/core'
import type { FastifyInstance } from 'fastify'
import { mount } from '../lib/http/mount.ts'
import { nextLink } from '../lib/http/page-token.ts'
import type { Access, Organisations } from './access.ts'

/** Access keys: create, list, revoke. Organisations: register, list. */
export function accessRoutes(
  app: FastifyInstance,
  access: Access,
  organisations: Organisations,
  publicUrl: string,
): void {
  mount(app, api.createKey, async ({ body, reply }) => {
    reply.status(201).header('cache-control', 'no-store')
    return access.create(body)
  })
  mount(app, api.listKeys, async () => ({ keys: await access.list() }))
  mount(app, api.revokeKey, ({ params }) => access.revoke(params.id))
  mount(app, api.registerOrganisation, async ({ body, reply }) => {
    const { organisation, isNew } = await organisations.register(body)
    reply.status(isNew ? 201 : 200)
    return organisation
  })
  mount(app, api.listOrganisations, async ({ query, request, reply }) => {
    const limit = query.limit ?? 100
    const found = await organisations.list(query.after ?? '', limit + 1)
    const shown = found.slice(0, limit)
    const last = shown.at(-1)
    if (found.length > limit && last) reply.header('link', nextLink(publicUrl, request.url, 'after', last.organisation))
    return { organisations: shown }
  })
}
