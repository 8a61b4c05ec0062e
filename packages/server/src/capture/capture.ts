import { setTimeout } from 'node:timers/promises'
import { type Codes, Problem, rememberedCodes } from '@yuanliu/core'
import type { Parties } from '../access/access.ts'
import type { CompanyPrefixes } from '../lib/company-prefixes.ts'
import type { Config } from '../lib/config.ts'
import type { Db } from '../lib/db/db.ts'
import { documentLimits } from '../lib/http/limits.ts'
import type { Actor } from '../lib/http/mount.ts'
import type { Presence } from '../lib/presence.ts'
import type { ScanLimits } from '../lib/scan/fault.ts'
import type { Terms } from '../lib/terms.ts'
import type { HandOver } from '../log/log.ts'
import type { Offered, Signing } from '../signing/signing.ts'
import { contextDigest, type Taken, type TakeOptions, takeDocument } from './intake.ts'
import { findCapture } from './job-store.ts'
import { createJobs, type Jobs } from './jobs.ts'
import { type ReadBack, startReadBack } from './read-back.ts'
import { readSingle, takeSingle } from './single.ts'
import type { Media } from './source.ts'
import { createNumbers, type Numbers } from './staging.ts'
import { ensureContext, position } from './store.ts'
import { createWriter, type Writer } from './writer.ts'

export { eventKey, unpackBlock } from '../events/events.ts'
export { FLAG } from './flags.ts'
export { sha256 } from './prepare.ts'
export { createRederiver, type Derived, differingUnitRows, type Rederiver, type UnitDifference } from './rederive.ts'
export { position as capturePosition } from './store.ts'
export type { StoredColumns } from './stored-columns.ts'
export { storedSums, sumKey } from './unit-sums.ts'

/** Everything that capturing needs, made once per process. */
export interface CaptureRoom {
  db: Db
  codes: Codes
  terms: Terms
  parties: Parties
  signing: Signing
  limits: ScanLimits
  presence: Presence
  writer: Writer
  blockIds: Numbers
  documentNumbers: Numbers
  jobs: Jobs
  /** documents that are being received by this process */
  receiving: Set<string>
  /** number under which a context is stored: a `@context` as JSON text, or that of an XML document */
  contextId(body: string): Promise<number>
}

export interface Capture {
  room: CaptureRoom
  /** Takes a document; throws 503 while too many are open. */
  document(body: AsyncIterable<Buffer>, actor: Actor, options: TakeOptions): Promise<Taken>
  /** Takes one bare event, read when its turn has come; throws 409 where its id is taken. */
  single(
    read: () => Promise<Buffer>,
    media: Media,
    actor: Actor,
    offered?: readonly Offered[],
  ): Promise<{ id: string; position: number }>
  /**
   * Waits until a document that was staged is applied.
   * @returns a position behind its last event; null after so many milliseconds, or where it was broken off
   */
  applied(id: string, ms: number): Promise<number | null>
  /** Waits until a signed checkpoint of the log covers a position; false after so many milliseconds. */
  covered(position: number, ms: number): Promise<boolean>
  /** Captures in progress. */
  open(): number
  recover(): Promise<void>
  /** Begins to read once what older versions stored, in the background. */
  readBack(): ReadBack
  stop(): Promise<void>
}

/** Characters up to which a context is remembered by its text; it may be megabytes long. */
const SHORT_CONTEXT = 1_000

export function createCapture(
  parts: {
    db: Db
    codes: Codes
    terms: Terms
    parties: Parties
    signing: Signing
    presence: Presence
    config: Config
    prefixes: CompanyPrefixes
    handOver: HandOver
    covered: Capture['covered']
  },
  log: (error: unknown, id: string) => void,
): Capture {
  const { db, terms, parties, signing, presence, config, prefixes } = parts
  // What is remembered has been noted already.
  const codes = rememberedCodes({
    ...parts.codes,
    unit(uri: string) {
      prefixes.note(uri)
      return parts.codes.unit(uri)
    },
  })
  const contexts = new Map<string, Promise<number>>()
  const blockIds = createNumbers('event_block_id')
  const room: CaptureRoom = {
    db,
    codes,
    terms,
    parties,
    signing,
    presence,
    limits: documentLimits(config),
    writer: createWriter(db, terms, codes, parts.handOver, blockIds),
    blockIds,
    documentNumbers: createNumbers('document_number'),
    jobs: { start: () => {}, ended: async () => {}, recover: async () => {}, stop: async () => {}, open: () => 0 },
    receiving: new Set(),
    contextId(body) {
      const digest = body.length > SHORT_CONTEXT ? contextDigest(body) : null
      const key = digest?.toString('hex') ?? body
      let id = contexts.get(key)
      if (!id) {
        if (contexts.size > 1_000) contexts.clear()
        id = ensureContext(db, digest ?? contextDigest(body), body)
        id.catch(() => contexts.delete(key))
        contexts.set(key, id)
      }
      return id
    },
  }
  room.jobs = createJobs(room, log)
  let receiving = 0
  let readBack: ReadBack | null = null
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
    async applied(id, ms) {
      const timer = new AbortController()
      const time = setTimeout(ms, null, { signal: timer.signal, ref: false }).catch(() => {})
      await Promise.race([room.jobs.ended(id), time])
      timer.abort()
      return (await findCapture(db, id))?.state === 'done' ? position(db) : null
    },
    covered: parts.covered,
    document: (body, actor, options) => counted(() => takeDocument(room, body, actor, options)),
    single: (read, media, actor, offered = []) =>
      counted(async () => takeSingle(room, readSingle(media, await read()), actor, offered)),
    recover: () => room.jobs.recover(),
    readBack() {
      readBack ??= startReadBack({ db, prefixes }, log)
      return readBack
    },
    async stop() {
      await readBack?.stop()
      await room.jobs.stop()
      await room.writer.idle()
      await prefixes.idle()
    },
  }
}
