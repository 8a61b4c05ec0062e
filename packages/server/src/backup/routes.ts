import * as api from '@yuanliu/core'
import type { FastifyInstance } from 'fastify'
import { mount } from '../lib/http/mount.ts'
import type { Backups } from './backup.ts'

/** A backup as a download. */
export function backupRoutes(app: FastifyInstance, backups: Backups): void {
  mount(app, api.getBackup, async ({ request, reply }) => {
    const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
    return reply
      .type('application/gzip')
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="${stamp}.yuanliu"`)
      .send(request.method === 'HEAD' ? undefined : backups.stream())
  })
}
