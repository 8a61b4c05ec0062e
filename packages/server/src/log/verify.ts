import {
  auditLog,
  type Checkpoint,
  type Codes,
  type Finding,
  type LogSource,
  parseVerifierKey,
  type SuiteId,
} from '@yuanliu/core'
import type { Db, Queryable } from '../lib/db/db.ts'
import { nodeCrypto } from '../lib/signing/node-crypto.ts'
import { createEventAudit } from './event-audit.ts'
import * as store from './store.ts'
import { type LogSuite, logSuite } from './suites.ts'
import { tileSource } from './tiles.ts'
import type { CrewPlan } from './verify-crew.ts'

/** What a verification of a whole installation has found. */
export interface Verification {
  logs: { suite: SuiteId; origin: string; size: number }[]
  /** events whose bytes are those that were logged */
  opened: number
  /** events whose content is gone, as a tombstone says */
  deleted: number
  /** events that are captured and not yet in the log */
  waiting: number
  /** notes of subjects whose signature, place and events are right */
  signatures: number
  /** statements on subjects that stand later in the log than what they say came about */
  late: number
  findings: Finding[]
}

/** What to compare the database with, from outside of it. */
export interface Outside {
  /** verifier key of a suite, as the operator has it; null: the database's own is believed */
  key: (suite: SuiteId) => string | null
  /** checkpoints that were published, largest last */
  known: (suite: SuiteId) => Promise<Checkpoint[]>
  /** schemes by which units are derived from events; the project's own where they are left out */
  codes?: Codes
  /** threads that compare events; without them this one does */
  crew?: CrewPlan
}

const SUITES: readonly SuiteId[] = ['sha256-ed25519', 'sm3-sm2']

/** A log as the database has it. */
export function databaseSource(db: Queryable, suite: LogSuite): LogSource {
  return {
    async checkpoint() {
      const tree = (await store.readTrees(db)).find(t => t.suite === suite.number)
      return tree?.note ?? new Uint8Array(0)
    },
    fetch: tileSource(db, suite),
  }
}

/**
 * Re-reads everything: bundles, tiles, roots and signatures of each suite, and the bytes and circumstances of every event
 * against its entry, and what is derived from its bytes against what is stored. While the platform runs, what is captured meanwhile may show as a difference.
 */
export async function verifyDatabase(
  db: Db,
  outside: Outside,
  progress: (done: number, total: number) => void = () => {},
): Promise<Verification> {
  const crypto = await nodeCrypto()
  const result: Verification = { logs: [], opened: 0, deleted: 0, waiting: 0, signatures: 0, late: 0, findings: [] }
  const trees = await store.readTrees(db)
  for (const id of SUITES) {
    const suite = logSuite(id, crypto)
    const tree = trees.find(t => t.suite === suite.number)
    const known = await outside.known(id)
    const latest = known.at(-1)
    if (!tree) {
      if (latest) result.findings.push(missing(id, latest))
      continue
    }
    const key = outside.key(id) ?? tree.key
    if (key !== tree.key)
      result.findings.push({
        at: 'checkpoint',
        words: { zh: `数据库中的验证密钥是 ${tree.key}`, en: `The database has another verifier key: ${tree.key}` },
      })
    // Every log is over the same entries: events are compared once.
    const events = result.logs.length === 0 ? createEventAudit(db, outside) : null
    try {
      const { findings, checkpoint } = await auditLog(databaseSource(db, suite), {
        key: parseVerifierKey(key),
        crypto,
        known,
        progress: (done, total) => progress(Number(done), Number(total)),
        ...(events && { entry: events.entry }),
      })
      result.findings.push(...findings)
      const size = Number(checkpoint?.size ?? 0)
      const ofEvents = await events?.finish(size)
      result.findings.push(...(ofEvents?.findings ?? []))
      if (latest && latest.size > size) result.findings.push(missing(id, latest))
      if (ofEvents) {
        const { findings: _, ...counts } = ofEvents
        Object.assign(result, counts)
      }
      result.logs.push({ suite: id, origin: tree.origin, size })
    } finally {
      await events?.close()
    }
  }
  return result
}

function missing(suite: SuiteId, known: Checkpoint): Finding {
  return {
    at: 'checkpoint',
    words: {
      zh: `${suite}：曾发布 ${known.size} 条条目的检查点，数据库中没有这么多`,
      en: `${suite}: a checkpoint of ${known.size} entries was published, the database has fewer`,
    },
  }
}
