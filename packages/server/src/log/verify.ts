import {
  auditLog,
  type Codes,
  type Finding,
  formatVerifierKey,
  type KnownHead,
  type LogSource,
  noteVerifier,
  type SuiteId,
  type VerifierKey,
} from '@yuanliu/core'
import type { Db, Queryable } from '../lib/db/db.ts'
import { nodeCrypto } from '../lib/signing/node-crypto.ts'
import { createEventAudit } from './event-audit.ts'
import { beyond, openKept } from './remembered.ts'
import type { RememberedFiles } from './remembered-files.ts'
import * as store from './store.ts'
import { type LogSuite, logSuite } from './suites.ts'
import { tileSource } from './tiles.ts'
import type { CrewPlan } from './verify-crew.ts'
import { type AnchorsRead, keptOfAll } from './verify-kept.ts'
import { believedKeys, type KeyFrom, type KeySources } from './verify-keys.ts'

/** What a verification of a whole installation has found. */
export interface Verification {
  logs: { suite: SuiteId; origin: string; size: number; key: string; keyFrom: KeyFrom }[]
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
export interface Outside extends KeySources {
  /** checkpoints that were published */
  known: (suite: SuiteId) => Promise<KnownHead[]>
  /** files in which this installation remembers what it has published */
  files?: RememberedFiles
  /** file of anchors */
  anchors?: AnchorsRead
  /** the database is a copy of an earlier state: what was published since is not missed */
  past?: boolean
  /** keys of witnesses, as far as they are known */
  witnesses?: readonly VerifierKey[]
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
 * against its entry, and what is derived from its bytes against what is stored; and every checkpoint that is remembered,
 * which must be signed and lie on this history. While the platform runs, what is captured meanwhile may show as a difference.
 */
export async function verifyDatabase(
  db: Db,
  outside: Outside,
  progress: (done: number, total: number) => void = () => {},
): Promise<Verification> {
  const crypto = await nodeCrypto()
  const result: Verification = { logs: [], opened: 0, deleted: 0, waiting: 0, signatures: 0, late: 0, findings: [] }
  const { findings } = result
  const kept = await keptOfAll(db, crypto, outside)
  findings.push(...kept.findings)
  const trees = await store.readTrees(db)
  for (const id of SUITES) {
    const suite = logSuite(id, crypto)
    const tree = trees.find(t => t.suite === suite.number)
    const known = await outside.known(id)
    if (!tree) {
      findings.push(...kept.without(id), ...beyond(known, suite, 0))
      continue
    }
    const { key, keys, from, findings: ofKeys } = believedKeys(tree, trees, outside)
    findings.push(...ofKeys)
    const log = { suite: id, origin: tree.origin, key: key ? formatVerifierKey(key) : tree.key, keyFrom: from }
    if (!key) {
      result.logs.push({ ...log, size: tree.size })
      continue
    }
    const verifiers = keys.map(k => noteVerifier(k, crypto.checks))
    const own = { suite, origin: key.name, keys: verifiers, witnesses: outside.witnesses ?? [], crypto }
    const remembered = await kept.open(own)
    findings.push(...remembered.findings)
    const heads: (KnownHead & { outside?: boolean })[] = [...known, ...remembered.heads]
    // Every log is over the same entries: events are compared once.
    const events = result.logs.length === 0 ? createEventAudit(db, outside) : null
    try {
      const audit = await auditLog(databaseSource(db, suite), {
        key,
        crypto,
        known: heads,
        progress: (done, total) => progress(Number(done), Number(total)),
        ...(events && { entry: events.entry }),
      })
      findings.push(...audit.findings)
      // What the log's key alone does not tell: the size beside the checkpoint, signatures of a key that is to follow.
      const ofHead = await openKept([{ place: `log_tree ${id}`, note: tree.note, size: tree.size }], own)
      if (!audit.findings.some(f => f.at === 'checkpoint')) findings.push(...ofHead.findings)
      const size = Number(audit.checkpoint?.size ?? 0)
      const ofEvents = await events?.finish(size)
      findings.push(...(ofEvents?.findings ?? []))
      const missed = heads.filter(head => !(outside.past && head.outside))
      findings.push(...beyond(missed, suite, size))
      if (ofEvents) {
        const { findings: _, ...counts } = ofEvents
        Object.assign(result, counts)
      }
      result.logs.push({ ...log, size })
    } finally {
      await events?.close()
    }
  }
  return result
}
