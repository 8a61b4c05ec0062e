import * as api from '@yuanliu/core'
import type { FastifyInstance } from 'fastify'
import { mount } from '../lib/http/mount.ts'
import type { Sandboxes } from './sandbox.ts'

/** Of the platform for every key: in a sandbox there is nothing of them. */
const HERE = { sandboxKeys: true }

/** Sandboxes: open, look at, reset, close; admission. A sandbox's own keys may do all but open and close. */
export function sandboxRoutes(app: FastifyInstance, sandboxes: Sandboxes): void {
  mount(
    app,
    api.openSandbox,
    async ({ params, body, reply }) => {
      reply.status(201).header('cache-control', 'no-store')
      return sandboxes.open(params.code, body)
    },
    HERE,
  )
  mount(app, api.getSandbox, ({ params, actor }) => sandboxes.state(params.code, actor), HERE)
  mount(app, api.resetSandbox, ({ params, actor }) => sandboxes.reset(params.code, actor), HERE)
  mount(app, api.runAdmission, ({ params, actor }) => sandboxes.admit(params.code, actor), HERE)
  mount(app, api.getAdmission, ({ params, actor }) => sandboxes.admission(params.code, actor), HERE)
  mount(
    app,
    api.closeSandbox,
    async ({ params, reply }) => {
      await sandboxes.close(params.code)
      return reply.status(204).send()
    },
    HERE,
  )
}
