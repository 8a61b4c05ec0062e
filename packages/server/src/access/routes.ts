import * as api from '@yuanliu/core'
import type { FastifyInstance } from 'fastify'
import { mount } from '../lib/http/mount.ts'
import type { Access } from './access.ts'

/** Access keys: create, list, revoke. */
export function accessRoutes(app: FastifyInstance, access: Access): void {
  mount(app, api.createKey, async ({ body, reply }) => {
    reply.status(201).header('cache-control', 'no-store')
    return access.create(body)
  })
  mount(app, api.listKeys, async () => ({ keys: await access.list() }))
  mount(app, api.revokeKey, ({ params }) => access.revoke(params.id))
}
