import { openTiles, parseCheckpoint, parseNote, type SuiteId, textOf } from '@yuanliu/core'
import type { Config } from '../lib/config.ts'
import type { Db, Queryable } from '../lib/db/db.ts'
import { nodeCrypto } from '../lib/signing/node-crypto.ts'
import { anchorAdapter } from './anchor/anchoring.ts'
import { anchoredOtherwise } from './anchor/at-restore.ts'
import { refuseRollback } from './begin.ts'
import { openCheckpointStore } from './checkpoint-store.ts'
import { askWitnesses } from './cosign/at-start.ts'
import { readLogPolicy } from './cosign/policy.ts'
import { openStored } from './load.ts'
import { applyRetirements } from './retire.ts'
import { checkpointFolder, readRetirements } from './retirement.ts'
import { readTrees, type TreeRow } from './store.ts'
import { logSuite, suiteNumber } from './suites.ts'
import { tileSource } from './tiles.ts'

/** What holds a restored database against what was published before. */
export interface RestoreGuard {
  /** Compares the log that was loaded, inside the transaction that loads it. @throws in words */
  check(tx: Queryable): Promise<void>
  /** Ends the log where that was said before. @returns names of the logs that ended */
  finish(db: Db): Promise<string[]>
  close(): Promise<void>
}

const SUITES: readonly SuiteId[] = ['sha256-ed25519', 'sm3-sm2']

/**
 * Compares the log of a backup with the checkpoints that this installation has published: those that CHECKPOINT_STORE
 * remembers, that witnesses of the policy hold, and that were anchored. A witness or an anchor that does not answer is
 * passed over, which is said; a start asks the witnesses again.
 * @param log trees as the backup's header has them
 * @param say told what could not be compared
 * @throws in words, with what to do, where the restored log would be shorter than one of them, or another
 */
export async function refuseRestore(
  config: Config,
  log: readonly { suite: number; origin: string; size: number }[],
  say: (words: string) => void,
): Promise<RestoreGuard> {
  const crypto = await nodeCrypto()
  const folder = checkpointFolder(config)
  const remembered = await openCheckpointStore(folder)
  try {
    const retired = readRetirements(folder)
    for (const id of SUITES) {
      const note = await remembered.read(id)
      if (!note) continue
      const tree = log.find(t => t.suite === suiteNumber(id))
      if (tree && retired.some(r => r.suite === id && r.origin === tree.origin)) continue
      const known = parseCheckpoint(textOf(parseNote(note).text))
      if (tree?.origin === known.origin && tree.size >= Number(known.size)) continue
      const has = !tree
        ? 'has none'
        : tree.origin !== known.origin
          ? `has the log "${tree.origin}"`
          : `has ${tree.size}`
      throw new Error(
        `${remembered.place(id)} remembers a published checkpoint of ${known.size} entries of the log "${known.origin}"; the backup ${has}. ` +
          'What others were shown would be taken back, and whoever keeps that checkpoint could prove it. Nothing was changed. ' +
          'Restore a newer backup. Where there is none, that log has ended: say so with ' +
          '"yuanliu log retire --new-origin NAME --reason TEXT", which keeps a signed statement, and restore again; a new log then begins over the events restored. ' +
          '备份中的日志比已发布的检查点短或不是同一日志，未作任何改动；请用更新的备份，或先用 yuanliu log retire 终止旧日志。',
      )
    }
    return {
      async check(tx) {
        for (const id of SUITES) {
          const tree = log.find(t => t.suite === suiteNumber(id))
          if (tree && retired.some(r => r.suite === id && r.origin === tree.origin)) continue
          await refuseRollback(tx, logSuite(id, crypto), remembered, crypto)
          const policy = id === 'sm3-sm2' ? config.logSmPolicy : config.logPolicy
          const stored = (await readTrees(tx)).find(t => t.suite === suiteNumber(id))
          if (stored) await refuseAnchored(tx, config, id, stored, say)
          if (!policy || !stored) continue
          const own = { suite: logSuite(id, crypto), origin: stored.origin, key: stored.key, tree: stored }
          const { witnesses } = readLogPolicy(policy, id, crypto)
          await askWitnesses(tx, own, witnesses, crypto, (error, about) => say(`${about}: ${(error as Error).message}`))
        }
      },
      finish: db => applyRetirements(db, retired),
      close: () => remembered.close(),
    }
  } catch (error) {
    await remembered.close()
    throw error
  }
}

/** @throws in words where a larger checkpoint of this log was anchored, or one of another content */
async function refuseAnchored(
  tx: Queryable,
  config: Config,
  id: SuiteId,
  row: TreeRow,
  say: (words: string) => void,
): Promise<void> {
  const adapter = anchorAdapter(config)
  if (!adapter) return
  const crypto = await nodeCrypto()
  const suite = logSuite(id, crypto)
  const reader = await openTiles(suite.tree, await openStored(row, crypto), tileSource(tx, suite))
  const rootAt = (size: number) => reader.rootAt(BigInt(size))
  const found = await anchoredOtherwise(tx, adapter, { suite, origin: row.origin, size: row.size, rootAt }, say)
  if (!found) return
  throw new Error(
    found.why === 'longer'
      ? `A checkpoint of ${found.size} entries of the log "${row.origin}" was anchored (${adapter.place}); the backup has ${row.size}. ` +
          'Nothing was changed. Restore a newer backup; where there is none, end that log with ' +
          '"yuanliu log retire --new-origin NAME --reason TEXT" and restore again. ' +
          '已有更长的检查点被锚定，未作任何改动；请用更新的备份，或先终止旧日志。'
      : `Another content of the first ${found.size} entries of the log "${row.origin}" was anchored (${adapter.place}) than the backup has. ` +
          'Nothing was changed. The backup or the anchor was altered: keep both, run "yuanliu log verify", and restore the right copy. ' +
          '备份中的日志内容与已锚定的检查点不符，未作任何改动。',
  )
}
