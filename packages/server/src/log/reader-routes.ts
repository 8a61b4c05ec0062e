import * as api from '@yuanliu/core'
import type { FastifyInstance } from 'fastify'
import { mount } from '../lib/http/mount.ts'
import { clockPosition } from './event-store.ts'
import type { Log } from './log.ts'
import type { Reader } from './readers.ts'

/** Who follows what is captured, and how far each is; letting one begin again. */
export function readerRoutes(app: FastifyInstance, { readers, parts }: Log): void {
  async function told(reader: Reader): Promise<api.LogReader> {
    // The place first: what is captured meanwhile is no lag of less than nothing.
    const { position, followers } = await reader.place()
    const lag = Math.max(0, (await clockPosition(parts.db)) - position)
    return { name: reader.name, position, lag, followers, rebuilds: reader.rebuild !== undefined }
  }

  mount(app, api.listLogReaders, async () => {
    const list = await Promise.all(readers.list().map(told))
    return { position: await clockPosition(parts.db), readers: list }
  })
  mount(app, api.rebuildLogReader, async ({ params, reply }) => {
    await readers.rebuild(params.name)
    reply.status(202)
    return told(readers.find(params.name))
  })
}
