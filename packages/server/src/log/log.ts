import { setTimeout } from 'node:timers/promises'
import type { SuiteId } from '@yuanliu/core'
import type { Parties } from '../access/access.ts'
import type { Config } from '../lib/config.ts'
import type { Db } from '../lib/db/db.ts'
import type { Metrics } from '../lib/metrics.ts'
import type { Presence } from '../lib/presence.ts'
import { type NodeCrypto, nodeCrypto } from '../lib/signing/node-crypto.ts'
import { backfill } from './backfill.ts'
import { beginLog, refuseRollback } from './begin.ts'
import { type CheckpointStore, openCheckpointStore } from './checkpoint-store.ts'
import { bitsOf } from './entries.ts'
import { createHandOver, type HandOver } from './hand-over.ts'
import { type LogKey, logKeys } from './keys.ts'
import { type Leader, startLeader } from './leader.ts'
import { createPublisher, type Published, type Publisher } from './publish.ts'
import { type Following, followLog, type LogFollower } from './readers.ts'
import { createSequencer } from './sequencer.ts'
import * as store from './store.ts'
import { hashNameOf, type LogSuite, logSuite, suiteNumber } from './suites.ts'
import { type Deletion, deleteContent } from './tombstone.ts'

export type { Commitments, Committable, HandOver } from './hand-over.ts'
export type { Following, LogFollower, LogItem } from './readers.ts'
export { newSalts, saltAt, withSalts } from './salts.ts'

/** The signed log over all events: docs/adr/0011, 0012, 0017, 0018. */
export interface Log {
  /** what captures call */
  handOver: HandOver
  /** suites that are on, the first of which is meant where none is named */
  suites: readonly LogSuite[]
  parts: LogParts
  /** The checkpoint of a suite as it is shown. */
  published(suite: SuiteId): Published | null
  /** Waits until a checkpoint covers a capture position; false after so many milliseconds. */
  covered(position: number, ms: number): Promise<boolean>
  /** Resolves when more is published, at the latest after so many milliseconds. */
  grown(ms: number): Promise<unknown>
  /** Deletes the content of a logged event and says so in the log. @throws Problem 404, 503 while it is not logged */
  deleteContent(deletion: Deletion): Promise<number>
  /** Follows the log from where the follower was. */
  follow(follower: LogFollower): Following
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
  /** milliseconds for which something has waited */
  lag: number
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

/** What the log has opened before it begins: keys, and what was published. */
export interface LogGround {
  crypto: NodeCrypto
  keys: LogKey[]
  store: CheckpointStore
}

/**
 * Reads keys and the remembered checkpoints and compares them with the database.
 * @throws in words where the log of the database is shorter than what was published, or another one; where a key is wrong;
 *   where the log is off though the database has one
 */
export async function openGround(db: Db, config: Config): Promise<LogGround | null> {
  const trees = await store.readTrees(db)
  if (!config.log.length) {
    if (trees.length)
      throw new Error(
        `LOG=off, but this database has the log "${trees[0]?.origin}", which would miss what is captured now. ` +
          'Leave LOG as it was. 此数据库已有日志，不能关闭。',
      )
    return null
  }
  const crypto = await nodeCrypto()
  const remembered = await openCheckpointStore(config.checkpointStore ?? config.dataDir)
  try {
    for (const id of ['sha256-ed25519', 'sm3-sm2'] as const)
      await refuseRollback(db, logSuite(id, crypto), remembered, crypto)
    return { crypto, keys: await logKeys(config, db.kind, trees, crypto), store: remembered }
  } catch (error) {
    await remembered.close()
    throw error
  }
}

/** For so long a start waits until the log has begun. */
const BEGIN_MS = 2_000
/** After a failure, the next try. */
const AGAIN_MS = 2_000

/** The log of a process. @param ground null: the log is off */
export function createLog(parts: LogParts, ground: LogGround | null): Log {
  const { db, config, presence, metrics } = parts
  let leader: Leader | null = null
  let stopped = false
  const followers: Following[] = []
  let beginning: Promise<void> = Promise.resolve()

  async function handOverAll(): Promise<void> {
    while (!stopped) {
      try {
        await backfill(db, handOver, bitsOf(config.log.map(hashNameOf)), () => stopped)
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
  const missing = ground?.keys.find(key => !key.signer)?.missing ?? null

  metrics.gauge('yuanliu_log_size', 'Entries covered by the checkpoint that this process shows', () =>
    suites[0] ? (publisher?.current(suites[0].id)?.size ?? 0) : 0,
  )
  metrics.gauge('yuanliu_log_leads', '1 where this process extends the log', () => Number(leader?.leads() ?? false))
  metrics.gauge(
    'yuanliu_log_lag_seconds',
    'For how long something has waited without the log growing',
    () => (leader?.lag() ?? 0) / 1000,
  )

  const log: Log = {
    handOver,
    suites,
    parts,
    published: suite => publisher?.current(suite) ?? null,
    async covered(position, ms) {
      if (!publisher) return false
      return publisher.covered(await store.lastLoggable(db, position), ms)
    },
    grown: ms => publisher?.covered(publisher.position() + 1, ms) ?? setTimeout(ms),
    async deleteContent(deletion) {
      const target = await deleteContent(db, config.log.map(hashNameOf), deletion)
      leader?.wake()
      return target
    },
    follow(follower) {
      const following = followLog(log, follower)
      followers.push(following)
      return following
    },
    async health() {
      const first = suites[0]
      if (!ground || !first) return null
      return {
        size: publisher?.current(first.id)?.size ?? 0,
        leads: leader?.leads() ?? false,
        ...(missing && { missingKey: missing }),
        lag: leader?.lag() ?? 0,
      }
    },
    async start() {
      if (!ground || !publisher) return
      const { keys, crypto } = ground
      await beginLog(db, keys, presence.id)
      const sequencer = missing ? null : createSequencer(db, keys, presence.id, crypto)
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
      })
      await Promise.race([beginning, setTimeout(BEGIN_MS, undefined, { ref: false })])
    },
    async stop() {
      if (stopped) return
      stopped = true
      await Promise.all(followers.map(f => f.stop()))
      await beginning
      await leader?.stop()
      publisher?.close()
      await ground?.store.close()
    },
  }
  return log
}

/** The verifier key of a suite, as the database has it; null before the log has begun. */
export async function verifierKeyOf(log: Log, suite: SuiteId): Promise<string | null> {
  const trees = await store.readTrees(log.parts.db)
  return trees.find(t => t.suite === suiteNumber(suite))?.key ?? null
}
