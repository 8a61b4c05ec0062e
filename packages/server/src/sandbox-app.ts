import { createServer } from 'node:http'
import { createApp, openRooms, type Parts } from './app.ts'
import type { Db } from './lib/db/db.ts'
import { DatabaseUnavailable } from './lib/db/unavailable.ts'
import { createMetrics } from './lib/metrics.ts'
import { DOCUMENT_EVENTS, type OpenedSandbox } from './sandbox/sandbox.ts'

/** Bytes of one document in a sandbox, and captures that one may have open. */
const DOCUMENT_BYTES = 64 * 1024 * 1024
const OPEN_CAPTURES = 16

/**
 * The platform once more, on the schema of a sandbox: the same rooms and routes, without a log and without sandboxes of
 * its own. Requests come from the gate of the platform's own app, so it listens nowhere.
 * @param db view of the sandbox's schema, migrated
 */
export async function openSandboxApp(
  parts: Parts,
  db: Db,
  authenticate: NonNullable<Parts['authenticate']>,
): Promise<OpenedSandbox> {
  const { config } = parts
  const log: Parts['log'] = (error, about) => {
    // It was reset or closed while something went on in it.
    if (!(error instanceof DatabaseUnavailable)) parts.log(error, `sandbox: ${about}`)
  }
  const own: Parts = {
    ...parts,
    db,
    log,
    authenticate,
    metrics: createMetrics(),
    logGround: null,
    witnessGround: null,
    sandboxes: null,
    fail: error => parts.log(error, 'sandbox'),
    config: {
      ...config,
      log: [],
      demo: false,
      captureMaxEvents: Math.min(config.captureMaxEvents, DOCUMENT_EVENTS),
      captureMaxBytes: Math.min(config.captureMaxBytes, DOCUMENT_BYTES),
      captureMaxOpen: Math.min(config.captureMaxOpen, OPEN_CAPTURES),
    },
  }
  const rooms = openRooms(own)
  const app = createApp(own, rooms, createServer())
  await app.ready()
  await rooms.log.start()
  await rooms.capture.recover()
  await rooms.subscriptions.start()
  let hungUp: Promise<void> | null = null
  const hangUp = () => {
    hungUp ??= rooms.subscriptions.stop()
    return hungUp
  }
  return {
    routing: (request, response) => app.routing(request, response),
    events: rooms.events,
    inUse: () => rooms.capture.open() > 0 || rooms.subscriptions.sockets.open() > 0,
    recover: rooms.capture.recover,
    hangUp,
    async close() {
      const { backups, labels, capture, log, scans } = rooms
      const ends = [hangUp, backups.stop, () => app.close(), labels.close, capture.stop, log.stop, scans.stop]
      let failed: unknown
      // Each in its turn, whatever became of the one before.
      for (const end of ends)
        await end().catch((error: unknown) => {
          failed ??= error
        })
      if (failed !== undefined) throw failed
    },
  }
}
