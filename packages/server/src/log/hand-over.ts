import { commitmentsTo, type HashName } from '@yuanliu/core'
import type { Queryable } from '../lib/db/db.ts'
import { manyHashes, pieceHashes } from '../lib/signing/many-hashes.ts'
import { nodeHashes } from '../lib/signing/node-hashes.ts'
import { bitsOf, KIND } from './entries.ts'
import * as eventStore from './event-store.ts'
import * as queue from './queue-store.ts'
import { type Stated, stateSubjects } from './statements.ts'

/** What the log needs to know of an event that is being captured. */
export interface Committable {
  /** exactly as received */
  bytes: Uint8Array
  /** 16 bytes */
  salt: Uint8Array
  /** number of the document's `@context` */
  context: number
  /** code of the organisation whose key brought it */
  reporter: string
}

/** Commitments of the events of one transaction, in their order, made when they are asked for; null: the log is off. */
export type Commitments = { count: number; body: () => Buffer } | null

/** What a capture does for the log: a commitment for each event, and one row a transaction. */
export interface HandOver {
  readonly on: boolean
  /** Whether the digest of a context is at hand. */
  knows(context: number): boolean
  /** Makes `commit` know these contexts. */
  ensure(db: Queryable, contexts: Iterable<number>): Promise<void>
  /** Commitments to events that are received at `recorded` (microseconds); their contexts are known. */
  commit(events: readonly Committable[], recorded: number): Commitments
  /**
   * Hands over the events written last under the capture clock, in the transaction that holds it.
   * @param behind positions that the transaction has taken behind them
   */
  put(tx: Queryable, commitments: Commitments, behind?: number): Promise<void>
  /** Hands over statements of subjects that sign, in the transaction that makes them true and holds the capture clock. */
  state(tx: Queryable, statements: readonly Stated[]): Promise<void>
  /** Says that something was committed. */
  wake(): void
}

/** A context is stored as JSON text; `null` is that of a document without one, and has no bytes (docs/adr/0011). */
export function contextBytes(body: string): Buffer {
  return body === 'null' ? Buffer.alloc(0) : Buffer.from(body)
}

/** Media type of an event's bytes: JSON begins with a brace, XML with an angle bracket. */
export function mediaTypeOf(bytes: Uint8Array): string {
  return bytes[0] === 0x3c ? 'application/xml' : 'application/json'
}

/**
 * Runs of events that follow each other and differ in bytes and salt only, as those of one document do.
 * @param isSame whether the rest is the same of two, but for the media type
 */
export function runsOf<E extends { bytes: Uint8Array }>(events: readonly E[], isSame: (a: E, b: E) => boolean): E[][] {
  const runs: E[][] = []
  let last: E | undefined
  for (const event of events) {
    if (last && isSame(last, event) && mediaTypeOf(last.bytes) === mediaTypeOf(event.bytes)) runs.at(-1)?.push(event)
    else runs.push([event])
    last = event
  }
  return runs
}

/** Digests of contexts that are remembered: a few for each who sends. */
const KEPT_CONTEXTS = 10_000

/** The part of the log that captures call. */
export function createHandOver(names: readonly HashName[], wake: () => void): HandOver {
  const digests = new Map<number, Partial<Record<HashName, Uint8Array>>>()
  const suites = bitsOf(names)
  function digestOf(context: number, name: HashName): Uint8Array {
    const digest = digests.get(context)?.[name]
    if (!digest) throw new Error(`context ${context} is not at hand`)
    return digest
  }
  return {
    on: names.length > 0,
    knows: context => names.length === 0 || digests.has(context),
    async ensure(db, contexts) {
      const missing = [...new Set(contexts)].filter(id => names.length > 0 && !digests.has(id))
      if (!missing.length) return
      if (digests.size > KEPT_CONTEXTS) digests.clear()
      for (const { id, body } of await eventStore.contextBodies(db, missing)) {
        const bytes = contextBytes(body)
        digests.set(id, Object.fromEntries(names.map(name => [name, bytes.length ? nodeHashes[name](bytes) : bytes])))
      }
    },
    commit(events, recorded) {
      if (!names.length) return null
      const receivedAt = BigInt(recorded)
      const isSame = (a: Committable, b: Committable) => a.context === b.context && a.reporter === b.reporter
      // Digests of contexts are at hand now; they need not be later.
      const runs = runsOf(events, isSame).map(run => {
        const [{ bytes, context, reporter }] = run as [Committable]
        const same = { kind: 'event', mediaType: mediaTypeOf(bytes), receivedAt, reporter } as const
        const committing = names.map(name =>
          commitmentsTo(pieceHashes[name], { ...same, contextDigest: digestOf(context, name) }),
        )
        return { salts: run.map(event => event.salt), committing }
      })
      const body = () => {
        const made = Buffer.allocUnsafe(events.length * names.length * 32)
        const messages = events.map(event => event.bytes)
        for (const [i, name] of names.entries()) {
          const digests = manyHashes[name](messages)
          let from = 0
          for (const { salts, committing } of runs) {
            const commitments = committing[i]!(salts, digests.subarray(from * 32, (from + salts.length) * 32))
            for (let n = 0; n < salts.length; n++)
              made.set(commitments.subarray(n * 32, n * 32 + 32), ((from + n) * names.length + i) * 32)
            from += salts.length
          }
        }
        return made
      }
      return { count: events.length, body }
    },
    async put(tx, commitments, behind = 0) {
      if (!commitments?.count) return
      await queue.insertQueueAtClock(tx, { ...commitments, kind: KIND.event, suites, behind })
    },
    state: (tx, statements) => stateSubjects(tx, names, statements),
    wake,
  }
}
