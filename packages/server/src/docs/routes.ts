import * as api from '@yuanliu/core'
import type { FastifyInstance } from 'fastify'
import { mount } from '../lib/http/mount.ts'
import type { Docs } from './docs.ts'

/** What the interfaces are: as OpenAPI and as a page; both without a key. */
export function docsRoutes(app: FastifyInstance, docs: Docs): void {
  mount(app, api.getOpenApi, async ({ reply }) =>
    reply
      .header('access-control-allow-origin', '*')
      .header('cache-control', 'no-cache')
      .type('application/json; charset=utf-8')
      .send(docs.json()),
  )
  mount(app, api.getApiPage, async ({ reply }) => {
    const { html, policy } = docs.page()
    return reply
      .header('content-security-policy', policy)
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(html)
  })
}
