import type { Readable } from 'node:stream'
import { type Codes, Problem } from '@yuanliu/core'
import type { Config } from '../lib/config.ts'
import type { Db } from '../lib/db/db.ts'
import { documentLimits } from '../lib/http/limits.ts'
import type { Actor } from '../lib/http/mount.ts'
import type { Presence } from '../lib/presence.ts'
import type { ScanLimits } from '../lib/scan/fault.ts'
import type { Terms } from '../lib/terms.ts'
import { contextDigest, type Taken, takeDocument } from './intake.ts'
import type { Behaviour } from './job-store.ts'
import { createJobs, type Jobs } from './jobs.ts'
import { takeSingle } from './single.ts'
import { type BlockIds, createBlockIds } from './staging.ts'
import { ensureContext } from './store.ts'
import { createWriter, type Writer } from './writer.ts'

export { unpackBlock } from './block.ts'
export { eventKey, FLAG, sha256 } from './prepare.ts'
export { position as capturePosition } from './store.ts'

/** Everything that capturing needs, made once per process. */
export interface CaptureRoom {
  db: Db
  codes: Codes
  terms: Terms
  limits: ScanLimits
  presence: Presence
  writer: Writer
  blockIds: BlockIds
  jobs: Jobs
  /** number under which a `@context` (as JSON text) is stored */
  contextId(body: string): Promise<number>
}

export interface Capture {
  room: CaptureRoom
  /** Takes a document; throws 503 while too many are open. */
  document(body: Readable, actor: Actor, behaviour: Behaviour): Promise<Taken>
  /** Takes one bare event; throws 409 where its id is taken. */
  single(value: unknown, bytes: Buffer, actor: Actor): Promise<string>
  /** Captures in progress. */
  open(): number
  recover(): Promise<void>
  stop(): Promise<void>
}

export function createCapture(
  parts: { db: Db; codes: Codes; terms: Terms; presence: Presence; config: Config },
  log: (error: unknown, id: string) => void,
): Capture {
  const { db, codes, terms, presence, config } = parts
  const contexts = new Map<string, Promise<number>>()
  const room: CaptureRoom = {
    db,
    codes,
    terms,
    presence,
    limits: documentLimits(config),
    writer: createWriter(db, terms, codes),
    blockIds: createBlockIds(),
    jobs: { start: () => {}, recover: async () => {}, stop: async () => {}, open: () => 0 },
    contextId(body) {
      let id = contexts.get(body)
      if (!id) {
        if (contexts.size > 1_000) contexts.clear()
        id = ensureContext(db, contextDigest(body), body)
        id.catch(() => contexts.delete(body))
        contexts.set(body, id)
      }
      return id
    },
  }
  room.jobs = createJobs(room, log)
  let receiving = 0
  const open = () => receiving + room.jobs.open()

  async function counted<T>(work: () => Promise<T>): Promise<T> {
    if (open() >= config.captureMaxOpen) {
      throw new Problem('busy', { detail: `${open()} captures are open; try again shortly`, retryAfter: 2 })
    }
    receiving++
    try {
      return await work()
    } finally {
      receiving--
    }
  }

  return {
    room,
    open,
    document: (body, actor, behaviour) => counted(() => takeDocument(room, body, actor, behaviour)),
    single: (value, bytes, actor) => counted(() => takeSingle(room, value, bytes, actor)),
    recover: () => room.jobs.recover(),
    async stop() {
      await room.jobs.stop()
      await room.writer.idle()
    },
  }
}
