import { setTimeout } from 'node:timers/promises'
import { formatVerifierKey, Problem, type RetiredLog, type SuiteId } from '@yuanliu/core'
import type { Parties } from '../access/access.ts'
import type { Config } from '../lib/config.ts'
import type { Db } from '../lib/db/db.ts'
import type { Metrics } from '../lib/metrics.ts'
import type { Presence } from '../lib/presence.ts'
import type { NodeCrypto } from '../lib/signing/node-crypto.ts'
import { type AnchorHealth, type Anchoring, createAnchoring } from './anchor/anchoring.ts'
import { backfill } from './backfill.ts'
import { type CosignHealth, type Cosigning, createCosigning } from './cosign/cosigning.ts'
import type { LogPolicy } from './cosign/policy.ts'
import { bitsOf } from './entries.ts'
import { clockPosition } from './event-store.ts'
import type { LogGround } from './ground.ts'
import { createHandOver, type HandOver } from './hand-over.ts'
import { type Leader, startLeader } from './leader.ts'
import { createLine, type Line } from './line.ts'
import { createPublisher, type Published, type Publisher } from './publish.ts'
import * as queue from './queue-store.ts'
import { createReaders, type Readers } from './readers.ts'
import { readRetired } from './retired-store.ts'
import { createStanding } from './standing.ts'
import { stateEarlier } from './statements.ts'
import { hashNameOf, type LogSuite, suiteOf } from './suites.ts'
import { type Deletion, deleteContent } from './tombstone.ts'

export { type BundleWanted, bundleOf } from './bundle.ts'
export { type LogGround, openGround } from './ground.ts'
export type { Commitments, Committable, HandOver } from './hand-over.ts'
export type { LogItem } from './items.ts'
export type { Line } from './line.ts'
export { entryAt, lastEntryAt } from './places.ts'
export type { Following, LogFollower, Readers, Run } from './readers.ts'
export { type RestoreGuard, refuseRestore } from './restore-guard.ts'
export { newSalts, saltAt, withSalts } from './salts.ts'

/** The signed log over all events: docs/adr/0011, 0012, 0017, 0018. */
export interface Log {
  /** what captures call */
  handOver: HandOver
  /** suites that are on, the first of which is meant where none is named */
  suites: readonly LogSuite[]
  parts: LogParts
  /** which witnesses cosign each suite, where a policy says so */
  policies: ReadonlyMap<SuiteId, LogPolicy>
  /** key that is to follow, as a verifier key */
  nextKey(suite: SuiteId): string | undefined
  cosigning: Cosigning
  anchoring: Anchoring
  /** Entries that a checkpoint shown covers; null: the log is off. */
  size(): number | null
  /** The checkpoint of a suite as it is shown. */
  published(suite: SuiteId): Published | null
  /** Waits until a checkpoint covers a capture position; false after so many milliseconds. */
  covered(position: number, ms: number): Promise<boolean>
  /** Resolves when more is published, at the latest after so many milliseconds. */
  grown(ms: number): Promise<unknown>
  /** Deletes the content of a logged event and says so in the log. @throws Problem 404, 503 while it is not logged */
  deleteContent(deletion: Deletion): Promise<number>
  /** what readers follow: what is captured, up to what is published */
  line: Line
  /** who follows it from a durable position */
  readers: Readers
  /** Logs of this database that have ended, the last one first. */
  retired(): Promise<RetiredLog[]>
  /** What /health says of it; null: it is off. */
  health(): Promise<LogHealth | null>
  /** Begins to log. */
  start(): Promise<void>
  /** Logs what waits, then ends. */
  stop(): Promise<void>
}

export interface LogHealth {
  /** entries that a published checkpoint covers */
  size: number
  /** whether this process extends the log now */
  leads: boolean
  /** why this process can never lead, in words */
  missingKey?: string
  /** why its signer did not sign when it was asked last, in words */
  signer?: string
  /** milliseconds for which the oldest that waits has waited */
  lag: number
  /** where witnesses are asked */
  cosigned?: CosignHealth
  /** where checkpoints are anchored */
  anchored?: AnchorHealth
}

export interface LogParts {
  db: Db
  config: Config
  presence: Presence
  parties: Parties
  metrics: Metrics
  log: (error: unknown, about: string) => void
  /** ends the process: the log cannot be trusted any more */
  fail: (error: Error) => void
}

/** For so long a start waits until the log has begun. */
const BEGIN_MS = 2_000
/** After a failure, the next try. */
const AGAIN_MS = 2_000

/** Milliseconds between looks of readers at what other processes captured. */
const POLL = { postgresql: 200, embedded: 5_000 }

/** The log of a process. @param ground null: the log is off */
export function createLog(parts: LogParts, ground: LogGround | null): Log {
  const { db, config, presence, metrics } = parts
  let leader: Leader | null = null
  let stopped = false
  let beginning: Promise<void> = Promise.resolve()

  async function handOverAll(): Promise<void> {
    while (!stopped) {
      try {
        const names = config.log.map(hashNameOf)
        await backfill(db, handOver, bitsOf(names), () => stopped)
        await stateEarlier(db, names, () => stopped)
        return
      } catch (error) {
        parts.log(error, 'log: handing over what was captured before')
        await setTimeout(AGAIN_MS)
      }
    }
  }
  const handOver = createHandOver(config.log.map(hashNameOf), () => leader?.wake())
  const suites = ground?.keys.map(key => key.suite) ?? []
  const publisher: Publisher | null = ground && createPublisher(ground.store)
  const standing = ground && createStanding({ ...parts, ground, process: presence.id })

  metrics.gauge('yuanliu_log_size', 'Entries covered by the checkpoint that this process shows', () =>
    suites[0] ? (publisher?.current(suites[0].id)?.size ?? 0) : 0,
  )
  metrics.gauge('yuanliu_log_leads', '1 where this process extends the log', () => Number(leader?.leads() ?? false))
  metrics.gauge(
    'yuanliu_log_lag_seconds',
    'For how long the oldest that waits for the log has waited',
    () => (leader?.lag() ?? 0) / 1000,
  )

  const policies = ground?.policies ?? new Map<SuiteId, LogPolicy>()
  const published = (suite: SuiteId) => publisher?.current(suite) ?? null
  const shared = { ...parts, crypto: ground?.crypto as NodeCrypto, suites, published }
  const cosigning = createCosigning({ ...shared, policies, every: config.logCosignMs })
  const anchoring = createAnchoring({ ...shared, adapter: ground?.anchor ?? null, every: config.anchorSeconds })
  const line = createLine({
    captured: () => clockPosition(db),
    loggable: position => queue.lastLoggable(db, position),
    published: () => (suites.some(s => publisher?.current(s.id)) ? (publisher?.position() ?? null) : null),
    onPublished: listener => publisher?.onShown(listener),
    poll: POLL[db.kind],
    log: error => parts.log(error, 'readers'),
  })
  const readers = createReaders({ ...parts, line })

  const log: Log = {
    handOver,
    suites,
    parts,
    policies,
    nextKey(suite) {
      const next = ground?.keys.find(key => key.suite.id === suite)?.next
      return next ? formatVerifierKey(next.key) : undefined
    },
    cosigning,
    anchoring,
    size: () => (suites[0] ? (publisher?.current(suites[0].id)?.size ?? 0) : null),
    published: suite => publisher?.current(suite) ?? null,
    async covered(position, ms) {
      if (!publisher) return false
      return publisher.covered(await queue.lastLoggable(db, position), ms)
    },
    grown: ms => publisher?.covered(publisher.position() + 1, ms) ?? setTimeout(ms),
    async retired() {
      const rows = await readRetired(db)
      return rows.map(row => ({
        suite: suiteOf(row.suite),
        origin: row.origin,
        key: row.key,
        size: row.size,
        checkpoint: row.checkpoint.toString('utf8'),
        newOrigin: row.new_origin,
        newKey: row.new_key,
        statement: row.statement.toString('utf8'),
        retired: new Date(row.retired / 1000).toISOString(),
      }))
    },
    async deleteContent(deletion) {
      if (!config.log.length) throw new Problem('log-off')
      const target = await deleteContent(db, config.log.map(hashNameOf), deletion)
      leader?.wake()
      return target
    },
    line,
    readers,
    async health() {
      const first = suites[0]
      if (!ground || !first) return null
      const missing = standing?.missing() ?? null
      const signer = missing?.awaited ? missing.words : (leader?.ailing() ?? null)
      return {
        size: publisher?.current(first.id)?.size ?? 0,
        leads: leader?.leads() ?? false,
        ...(missing && !missing.awaited && { missingKey: missing.words }),
        ...(signer !== null && { signer }),
        lag: leader?.lag() ?? 0,
        ...(policies.size > 0 && { cosigned: (await cosigning.health()) as CosignHealth }),
        ...(anchoring.adapter && { anchored: (await anchoring.health()) as AnchorHealth }),
      }
    },
    async start() {
      if (!standing || !publisher) return
      const sequencer = await standing.take()
      const { log, fail } = parts
      const lead = () =>
        startLeader({
          db,
          suites,
          sequencer,
          publisher,
          process: presence.id,
          isAlive: presence.isAlive,
          log,
          fail,
        })
      // A large installation that gets a log has much to hand over: requests are answered meanwhile.
      beginning = handOverAll().then(async () => {
        if (stopped) return
        leader = lead()
        await leader.look()
        standing.wait(late => leader?.give(late))
      })
      await Promise.race([beginning, setTimeout(BEGIN_MS, undefined, { ref: false })])
      cosigning.start()
      anchoring.start()
    },
    async stop() {
      if (stopped) return
      stopped = true
      await Promise.all([cosigning.stop(), anchoring.stop()])
      line.stop()
      await readers.stop()
      await beginning
      await standing?.stop()
      await leader?.stop()
      publisher?.close()
      await ground?.store.close()
    },
  }
  return log
}
